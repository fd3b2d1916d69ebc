/** What is wrong, for people; no stack. */
export class Mistake extends Error {}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Runs a command for people. Answers the exit code. */
export async function runCommand({ complain }: Surroundings, command: () => Promise<void>): Promise<number> {
  try {
    await command();
    return 0;
  } catch (error) {
    // A system error names its cause; a stack would only hide it.
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
