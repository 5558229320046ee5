/** A flag or a configuration file that cannot be used: the user's to mend, told in one line with what to do. */
export class ConfigError extends Error {
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = 'ConfigError';
    this.help = help;
  }
}
