// Certificates and keys of a kubeconfig: in files, or within it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { explainFailure } from '../file-system.ts';
import { ClusterError } from './cluster-error.ts';
import { type Fields, upperFirst } from './fields.ts';

/** Where a PEM text comes from: as data within the kubeconfig, or from a file. */
export type PemSource = { readonly text: string } | { readonly path: string };

/**
 * The PEM text of `key`, or of `key-data`; nothing is read yet. Throws a `ClusterError` for data that is none, and where
 * both are given: kubectl takes neither then.
 */
export function pemSource(fields: Fields, key: string, folder: string | undefined): PemSource | undefined {
  const data = fields.text(`${key}-data`);
  const path = fields.text(key);
  if (data !== undefined && path !== undefined)
    throw new ClusterError(
      'kubeconfig',
      `${upperFirst(fields.place)} has ${key} and ${key}-data.`,
      'Remove one of them.',
    );
  if (data !== undefined) {
    const text = /^[A-Za-z0-9+/=\s]*$/.test(data) ? Buffer.from(data, 'base64').toString() : '';
    return { text: checkPem(text, `${key}-data of ${fields.place}`) };
  }
  return path === undefined ? undefined : { path: pathIn(folder, path) };
}

/** Reads a PEM text. Throws a `ClusterError` naming the file that is missing or holds something else. */
export async function readPem(source: PemSource, fields: Fields, key: string): Promise<string> {
  if ('text' in source) return source.text;
  const text = await readNamedFile(source.path, fields, key);
  return checkPem(text, `${source.path}, the ${key} of ${fields.place},`);
}

/** Reads a file that a kubeconfig names. Throws a `ClusterError` telling which field names it. */
export async function readNamedFile(path: string, fields: Fields, key: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ClusterError(
      'kubeconfig',
      `${path}, the ${key} of ${fields.place}, cannot be read: ${explainFailure(error)}.`,
      `Make the file readable, or repair ${key} in the kubeconfig.`,
    );
  }
}

/** A path of a kubeconfig is relative to its folder. */
export function pathIn(folder: string | undefined, path: string): string {
  return folder === undefined ? path : resolve(folder, path);
}

function checkPem(text: string, what: string): string {
  if (text.includes('-----BEGIN ')) return text;
  throw new ClusterError(
    'kubeconfig',
    `${upperFirst(what)} holds no PEM.`,
    'It must be text that begins with -----BEGIN; as data, that text in base64.',
  );
}
