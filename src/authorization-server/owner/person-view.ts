/** A person as the owner API shows them. */
export class PersonView {
  readonly issuer!: string;
  readonly subject!: string;
  /** How the person is called. */
  readonly name!: string;
}
