/** Does something once at the end of this turn of the event loop, however often it is asked: what else arrives in the turn goes along. */
export class EndOfTurn {
  private isDue = false;

  constructor(private readonly action: () => void) {}

  schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.action();
    });
  }
}
