/** Lets whoever records an event wake up whoever delivers it. */
export class Doorbell {
  private answer: () => void = () => undefined;

  /** Says who comes when it rings. */
  answeredBy(answer: () => void): void {
    this.answer = answer;
  }

  ring(): void {
    this.answer();
  }
}
