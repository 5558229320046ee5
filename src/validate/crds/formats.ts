import { isCidr, isIp } from '../istio/shared/addresses.ts';
import { parseRequestUrl } from '../istio/shared/urls.ts';

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const dns1123Label = new RegExp(`^${label}$`);
const dns1123Subdomain = new RegExp(`^${label}(?:\\.${label})*$`);
const dns1035Label = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const dateTime =
  /^(\d{4}-\d{2}-\d{2})[tT ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[zZ]|[-+](?:[01]\d|2[0-3]):?[0-5]\d)$/;

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** A name that something is added to may end in a dash. */
function prefix(test: (text: string) => boolean): (text: string) => boolean {
  return (text) => test(text.replace(/-$/, 'a'));
}

const isLabel = (text: string): boolean => text.length <= 63 && dns1123Label.test(text);
const isSubdomain = (text: string): boolean => text.length <= 253 && dns1123Subdomain.test(text);
const isOldLabel = (text: string): boolean => text.length <= 63 && dns1035Label.test(text);

function isQualified(text: string): boolean {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (slash >= 0 && !isSubdomain(text.slice(0, slash))) return false;
  return name !== '' && name.length <= 63 && labelValue.test(name);
}

/** The formats that the function `format` of CEL names (pkg/cel/library/format.go). */
export const namedFormats: Readonly<Record<string, (text: string) => boolean>> = {
  dns1123Label: isLabel,
  dns1123Subdomain: isSubdomain,
  dns1035Label: isOldLabel,
  qualifiedName: isQualified,
  dns1123LabelPrefix: prefix(isLabel),
  dns1123SubdomainPrefix: prefix(isSubdomain),
  dns1035LabelPrefix: prefix(isOldLabel),
  labelValue: (text) => text.length <= 63 && labelValue.test(text),
  uri: (text) => !('fault' in parseRequestUrl(text)),
  uuid: (text) => uuid.test(text),
  byte: (text) => base64.test(text),
  date: isDate,
  datetime: isDateTime,
};

function isDateTime(text: string): boolean {
  const date = dateTime.exec(text)?.[1];
  return date !== undefined && isDate(date);
}

/**
 * Formats of a schema that the API server checks (kube-openapi's strfmt), as far as it is certain what they take; any
 * other is no limit.
 */
export const schemaFormats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  'date-time': isDateTime,
  datetime: isDateTime,
  uuid: (text) => uuid.test(text),
  ipv4: (text) => isIp(text) && !text.includes(':'),
  ipv6: (text) => isIp(text) && text.includes(':'),
  cidr: isCidr,
};
