// What people may set about a rule, beside how much its findings weigh.

interface OptionTypes {
  readonly boolean: boolean;
  readonly integer: number;
  readonly string: string;
  readonly integers: readonly number[];
  readonly strings: readonly string[];
}

/** One option: what it takes, what holds when nobody sets it, and what it is for, in one sentence. */
export type RuleOption = {
  readonly [T in keyof OptionTypes]: {
    readonly type: T;
    readonly default: OptionTypes[T];
    readonly summary: string;
  };
}[keyof OptionTypes];

/** The options of a rule by name. */
export type RuleOptions = Readonly<Record<string, RuleOption>>;

/** The values of a rule's options, as its check gets them. */
export type OptionValues<O extends RuleOptions> = {
  readonly [N in keyof O]: OptionTypes[O[N]['type']];
};

/** The values that were set, over the defaults. */
export function optionValues(
  options: RuleOptions | undefined,
  given: Readonly<Record<string, OptionValue>> = {},
): OptionValues<RuleOptions> {
  const values: Record<string, OptionValue> = {};
  for (const [name, option] of Object.entries(options ?? {})) values[name] = given[name] ?? option.default;
  return values;
}

export type OptionValue = OptionTypes[keyof OptionTypes];

/** Whether a value is what an option of this type takes. */
export function fitsOption(type: RuleOption['type'], value: unknown): value is OptionValue {
  switch (type) {
    case 'integers':
      return Array.isArray(value) && value.every((item) => Number.isInteger(item));
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Whether a name is in a list that people wrote; a `*` at the end of an entry stands for any rest. */
export function matchesName(list: readonly string[], name: string): boolean {
  return list.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
}
