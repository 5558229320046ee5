// Many objects alike, each made anew when it is asked for: a hundred thousand cost little memory.
import { managedFieldsOf } from './admission.ts';
import { asObject, asText, type KubernetesObject } from './objects.ts';
import type { Series } from './options.ts';
import type { Entry } from './store.ts';

/** The objects of a series, as parsed manifests. */
export function* objectsOfSeries({ count, object, namespaces = 1 }: Series): Generator<unknown> {
  const fill = filler(JSON.stringify(object), namespaces);
  for (let i = 0; i < count; i += 1) yield JSON.parse(fill(i));
}

/** The entries of a series in a store, all of the same resource version. */
export function entriesOfSeries(series: Series, namespaced: boolean, version: number): readonly Entry[] {
  const { count, object, namespaces = 1 } = series;
  const { kind, apiVersion, ...rest } = asObject(object);
  const given = asObject(rest.metadata);
  const namespace = namespaced ? asText(given.namespace) || 'default' : undefined;
  const metadata = {
    ...given,
    ...(namespace === undefined ? {} : { namespace }),
    uid: '00000000-0000-4000-8000-{i}',
    resourceVersion: `${version}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: managedFieldsOf(asText(apiVersion)),
  };
  const whole = filler(JSON.stringify({ kind, apiVersion, ...rest, metadata }), namespaces);
  const bare = filler(JSON.stringify({ ...rest, metadata }), namespaces);
  const nameOf = filler(asText(given.name), namespaces);
  const namespaceOf = filler(namespace ?? '', namespaces);
  return Array.from({ length: count }, (_, i) => {
    const name = nameOf(i);
    const place = namespaced
      ? { key: `${namespaceOf(i)}/${name}`, namespace: namespaceOf(i), name }
      : { key: name, name };
    return {
      ...place,
      value: (): KubernetesObject => JSON.parse(whole(i)),
      json: (isBare: boolean) => (isBare ? bare : whole)(i),
    };
  });
}

/** Puts the object's number and its namespace's number into the text. */
function filler(text: string, namespaces: number): (i: number) => string {
  const parts = text.split(/\{([in])\}/);
  return (i) => parts.map((part, at) => (at % 2 === 0 ? part : part === 'i' ? i : i % namespaces)).join('');
}
