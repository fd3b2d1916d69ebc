/** Injection token: the `OwnProcess`, or null where the app does not have one to itself, as in tests. */
export const OWN_PROCESS = Symbol('OWN_PROCESS');

/** What a role may want of the process that runs it. */
export interface OwnProcess {
  /** Runs another command of this program, `backup` for one, in a process beside this one. */
  run(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }>;
  /** Stops the role at once and starts it anew, as a new process would. */
  restart(): void;
}
