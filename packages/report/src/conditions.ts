// The conditions of a measurement as label and text, in the order they are read; what has no label here is shown under its own name.
import { formatBytes, formatMs } from '@modeldiet/pipeline';

export interface Condition {
  readonly label: string;
  readonly text: string;
}

const labels: Readonly<Record<string, string>> = {
  ort: 'ONNX Runtime',
  backend: 'backend',
  runtime: 'runtime',
  threads: 'threads',
  cpu: 'CPU',
  cores: 'cores',
  gpu: 'GPU',
  os: 'system',
  platform: 'platform',
  arch: 'architecture',
  node: 'Node',
  date: 'measured',
};

/** Inside another value these need no word: 'node 20.20.2', 'linux 6.1 x64'. */
const speaksForItself: ReadonlySet<string> = new Set(['name', 'version', 'model', 'platform', 'release', 'arch']);

/** 'cpuFlags' -> 'cpu flags'. */
const words = (key: string): string => labels[key] ?? key.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

function say(key: string, value: unknown): string {
  if (typeof value === 'number' && /bytes$/i.test(key)) return formatBytes(value);
  if (typeof value === 'number' && /ms$/i.test(key)) return formatMs(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((entry) => say(key, entry)).join(', ');
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
    const plain = entries.filter(([inner]) => speaksForItself.has(inner)).map(([inner, x]) => say(inner, x));
    const named = entries.filter(([inner]) => !speaksForItself.has(inner)).map(([inner, x]) => `${words(inner)} ${say(inner, x)}`);
    return [plain.join(' '), ...named].filter(Boolean).join(', ');
  }
  return String(value);
}

/** Known conditions first; null, undefined and empty ones are left out. */
export function conditions(environment: object): Condition[] {
  const entries = Object.entries(environment).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const order = Object.keys(labels);
  const rank = (key: string): number => (key in labels ? order.indexOf(key) : order.length);
  return entries
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => ({ label: words(key).replace(/ (bytes|ms)$/, ''), text: say(key, value) }))
    .filter((condition) => condition.text !== '');
}
