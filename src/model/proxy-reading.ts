import type { ProxySettings } from './kinds.gen.ts';

/** What the annotation `proxy.istio.io/config` says, which is YAML inside of YAML. */
export interface ProxyReading {
  /** Made to fit its type; empty when the text is no mapping. */
  readonly settings: ProxySettings;
  /** Why Istio cannot read it, in words that go on after a colon. */
  readonly problem?: string;
}

export const PROXY_CONFIG_ANNOTATION = 'proxy.istio.io/config';
