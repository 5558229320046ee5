import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLocator, createSource, readDocuments, readFastValue } from './index.ts';

const SYNTAX = [
  ...' \n\t:-#?,[]{}&*!|>\'"%@`\\<.~=_0aé\r\x85\u2028\ufeff\x07',
  '---\n',
  '...\n',
  ': ',
  '- ',
  '\n  ',
  '<<',
  '{{',
];
const yamlLike = fc.array(fc.constantFrom(...SYNTAX), { maxLength: 60 }).map((pieces) => pieces.join(''));
const anyText = fc.oneof(
  { weight: 4, arbitrary: yamlLike },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

describe('any text', () => {
  it('is read without throwing, into documents in order with places inside the text', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom(undefined, 'slow' as const), async (raw, force) => {
        const source = createSource('a.yaml', raw);
        const documents = await readDocuments(source, force ? { force } : {});
        expect(documents.length).toBeGreaterThan(0);
        let last = 0;
        for (const { start, end, error, value, duplicateKeys = [] } of documents) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThanOrEqual(start);
          last = end;
          if (error) expect(value).toBeUndefined();
          for (const span of error ? [error] : duplicateKeys) {
            expect(span.start).toBeGreaterThanOrEqual(start);
            expect(span.start).toBeLessThanOrEqual(end);
            expect(span.end).toBeGreaterThanOrEqual(span.start);
          }
        }
        expect(last).toBeLessThanOrEqual(source.text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('can be asked for any place', async () => {
    const path = fc.array(fc.oneof(fc.nat(3), fc.constantFrom('a', '0', 'aa', '~')), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(yamlLike, path, async (raw, fields) => {
        const source = createSource('a.yaml', raw);
        const locator = createLocator();
        for (const { start, end } of await readDocuments(source)) {
          const place = await locator.locate(source, start, end, fields);
          expect(place.start).toBeGreaterThanOrEqual(start);
          expect(place.end).toBeGreaterThanOrEqual(place.start);
          expect(place.end).toBeLessThanOrEqual(Math.max(end, place.start));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('JSON', () => {
  it('is read as JSON.parse does', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const result = readFastValue(text);
        // Long or unusual keys and unusual characters are for the slow path.
        if (result) expect(result.value).toEqual(JSON.parse(text));
      }),
    );
  });
});
