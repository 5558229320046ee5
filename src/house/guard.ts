import type { Plugin } from '../sdk/plugin.ts';
import type { Messages, NamedRule, Report, Rule } from '../sdk/rule.ts';

/**
 * The rules of a plugin by their whole names, `plugin/rule`. What the compiler tells authors who write types is looked at
 * while they run: a rule that does something else throws, and so is told as an internal error of that rule alone.
 */
export function rulesOf({ name, rules }: Plugin): readonly NamedRule[] {
  return rules.map((rule) => ({ name: `${name}/${rule.name}`, rule: guarded(rule) }));
}

function guarded(rule: Rule): Rule {
  const { check, checkClusters, ...facts } = rule;
  return {
    ...facts,
    ...(check === undefined
      ? {}
      : {
          check: (context) => mustBeDone(check({ ...context, report: guardedReport(rule, context.report) })),
        }),
    ...(checkClusters === undefined
      ? {}
      : {
          checkClusters: (context) =>
            mustBeDone(checkClusters({ ...context, report: guardedReport(rule, context.report) })),
        }),
  };
}

function guardedReport({ messages }: Rule, report: Report<Messages>): Report<Messages> {
  return (resource, finding) => {
    const { message: id, severity } = finding;
    const data: Readonly<Record<string, unknown>> = finding.data ?? {};
    const message = Object.hasOwn(messages, id) ? messages[id] : undefined;
    if (message === undefined) throw new Error(`it reports the message "${id}", which it does not have`);
    if (severity !== undefined && !['error', 'warning', 'info'].includes(severity)) {
      throw new Error(`it reports the severity "${severity}"`);
    }
    for (const [, key = ''] of `${message.what}${message.why}${message.help}`.matchAll(
      /\{([A-Za-z0-9]+)\}/g,
    )) {
      if (data[key] === undefined) throw new Error(`its message "${id}" has no value for {${key}}`);
    }
    report(resource, finding);
  };
}

/** A check that goes on afterwards would report to nobody. */
function mustBeDone(result: unknown): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => undefined);
  throw new Error('its check is asynchronous, and what it finds later would be lost');
}
