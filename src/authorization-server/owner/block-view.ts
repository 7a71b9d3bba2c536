import { PersonView } from './person-view.js';

/** Somebody whom an owner shares nothing with, as the owner API shows it. */
export class BlockView {
  readonly id!: string;
  readonly person!: PersonView;
  readonly createdAt!: string;
}
