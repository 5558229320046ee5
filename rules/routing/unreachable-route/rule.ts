import { at, deadParts, defineRule, type Resource, type RouteProtocol, removeItem } from '#sdk';

export default defineRule({
  code: 'IST0130',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A route of a VirtualService comes after one that takes all its requests.',
  reads: deadParts.reads,
  fixes: 'unsafe',
  messages: {
    behind: {
      what: 'Route {route} is never reached: {earlier} before it has no match and takes everything.',
      why: 'Routes are tried in order and the first that fits wins. Behind a route without `match` nothing is even sent to the proxies.',
      help: 'Move {earlier} to the end, or give it a `match`.',
    },
    repeated: {
      what: 'Route {route} is never reached: all its matches are used by routes before it.',
      why: 'Routes are tried in order and the first that fits wins, so what this route does never happens.',
      help: 'Remove the route, give it other matches, or move it before {earlier}.',
    },
  },
  check({ graph, report }) {
    for (const [service, { routes }] of deadParts(graph)) {
      for (const { protocol, index, reason, by } of routes) {
        const list = service.spec[protocol] ?? [];
        report(service, {
          at: at(list, index),
          message: reason,
          data: { route: nameOf(service, protocol, index), earlier: nameOf(service, protocol, by) },
          related: [{ resource: service, at: at(list, by), note: 'comes first' }],
          fix: () => ({
            title: 'Remove the route that is never reached',
            safe: false,
            edits: [removeItem<object>(list, index)],
          }),
        });
      }
    }
  },
});

function nameOf({ spec }: Resource<'VirtualService'>, protocol: RouteProtocol, index: number): string {
  const name = protocol === 'http' ? spec.http?.[index]?.name : undefined;
  return name === undefined ? `${protocol}[${index}]` : `${protocol}[${index}] ("${name}")`;
}
