import {
  type At,
  at,
  type DeadMatch,
  deadParts,
  defineRule,
  type Fix,
  type Resource,
  type RouteProtocol,
  removeItem,
} from '#sdk';

type Route = Readonly<Record<string, unknown>>;

export default defineRule({
  code: 'IST0131',
  severity: 'info',
  since: '0.1.0',
  summary: 'A match of a VirtualService comes after one that takes all its requests.',
  reads: deadParts.reads,
  fixes: 'both',
  messages: {
    repeated: {
      what: 'This match says the same as {earlier} before it.',
      why: 'The first match that fits wins, so this one never decides anything.{elsewhere}',
      help: 'Remove it, or change what it should match instead. Conditions that are meant together stand in one item of the list.',
    },
    covered: {
      what: 'This match of prefix {prefix} never counts: {earlier} takes everything that begins with {shorter}.',
      why: 'The first match that fits wins, and a prefix is compared letter by letter, not by parts of the path.{elsewhere}',
      help: 'Move the longer prefix before the shorter one, or end the shorter one with a slash if whole parts of the path are meant.',
    },
  },
  check({ graph, report }) {
    for (const [service, { matches }] of deadParts(graph)) {
      for (const { protocol, route, index, reason, by } of matches) {
        const place = matchAt(service, protocol, route, index);
        const earlier = matchAt(service, protocol, by.route, by.index);
        const elsewhere = goesElsewhere(service, protocol, route, by.route);
        report(service, {
          at: place,
          message: reason,
          data: {
            earlier: `${protocol}[${by.route}].match[${by.index}]`,
            prefix: prefixOf(service, route, index),
            shorter: prefixOf(service, by.route, by.index),
            elsewhere: elsewhere ? ' The requests that it means go where the other route sends them.' : '',
          },
          related: [{ resource: service, at: earlier, note: 'comes first' }],
          ...(elsewhere ? { severity: 'warning' } : {}),
          fix: () => withoutMatch(service, { protocol, route, index, reason, by }),
        });
      }
    }
  },
});

function matchAt({ spec }: Resource<'VirtualService'>, protocol: RouteProtocol, i: number, j: number): At {
  return at(spec[protocol]?.[i]?.match ?? [], j);
}

function prefixOf({ spec }: Resource<'VirtualService'>, i: number, j: number): string {
  return spec.http?.[i]?.match?.[j]?.uri?.prefix ?? '';
}

/** Whether the requests end up somewhere else than written. */
function goesElsewhere(
  { spec }: Resource<'VirtualService'>,
  protocol: RouteProtocol,
  i: number,
  j: number,
): boolean {
  if (i === j) return false;
  return actionOf({ ...spec[protocol]?.[i] }) !== actionOf({ ...spec[protocol]?.[j] });
}

function actionOf({ name: _, match: __, ...action }: Route): string {
  return JSON.stringify(Object.entries(action).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A match that its own route has twice is surely not missed; one that another route has may be a slip. */
function withoutMatch({ spec }: Resource<'VirtualService'>, dead: DeadMatch): Fix | undefined {
  const list: readonly object[] = spec[dead.protocol]?.[dead.route]?.match ?? [];
  // A route without any match would take everything.
  if (list.length < 2) return undefined;
  const safe = dead.reason === 'repeated' && dead.by.route === dead.route;
  return { title: 'Remove the match that never counts', safe, edits: [removeItem(list, dead.index)] };
}
