// Where a check of the configuration looks, and where its findings point.

/** A key, an index, or `*` for every item of a list. */
export type PlaceStep = string | number | { readonly every: true };

/** A field of a manifest, and the object that holds it. */
export interface Place {
  readonly owner: object;
  readonly key: string | number | undefined;
  /** Undefined where it is not there: then `owner` and `key` are as near as there is. */
  readonly value: unknown;
}

/** The steps of `spec.http[*].route[0]` and `metadata.labels['app.kubernetes.io/name']`; undefined when it is none. */
export function parsePlace(text: string): readonly PlaceStep[] | undefined {
  const step = /(?:^|\.)([^.[\]'"*\s]+)|\[(?:(\d+)|(\*)|'([^']*)'|"([^"]*)")\]/y;
  const steps: PlaceStep[] = [];
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return undefined;
    const [, name, index, every, ...quoted] = found;
    if (index !== undefined) steps.push(Number(index));
    else if (every !== undefined) steps.push({ every: true });
    else steps.push(name ?? quoted[0] ?? quoted[1] ?? '');
  }
  return steps.length === 0 ? undefined : steps;
}

/** All places of a manifest that the steps lead to: one, or one for each item where they say `*`. */
export function placesIn(body: object, steps: readonly PlaceStep[]): readonly Place[] {
  let places: readonly Place[] = [{ owner: body, key: undefined, value: body }];
  for (const step of steps) {
    places = places.flatMap((place) => {
      if (typeof step === 'object') return itemsOf(place.value);
      const { value } = place;
      // Nothing is below what is not there: the place stays with the nearest that is.
      if (typeof value !== 'object' || value === null) return [{ ...place, value: undefined }];
      return [{ owner: value, key: step, value: fieldOf(value, step) }];
    });
  }
  return places;
}

function itemsOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.map((item: unknown, key) => ({ owner: value, key, value: item }));
  return Object.entries(value).map(([key, item]) => ({ owner: value, key, value: item }));
}

function fieldOf(value: object, key: string | number): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
