/** The settings are wrong: one line for each mistake, naming the variable, what it got and what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}
