// Nodes that ran elsewhere than the backend: behind every border there is a copy.
import { formatMs } from '../../format';
import type { DiagnoseRule } from '../finding';

/** What the providers of a backend are called in a trace; a backend that is not here: the provider of most of the time. */
const expected: Readonly<Record<string, RegExp>> = { cpu: /^CPU/, wasm: /^CPU/, webgpu: /^(WebGpu|Js)/i };

export const otherProvider: DiagnoseRule = {
  says: 'a node on another provider',
  find({ receipt }) {
    const providers = Object.entries(receipt.byProvider).sort(([, a], [, b]) => b.ms - a.ms);
    const home = (provider: string): boolean =>
      Object.hasOwn(expected, receipt.backend) ? expected[receipt.backend]!.test(provider) : provider === providers[0]?.[0];
    return receipt.nodes
      .filter(({ provider }) => provider !== '' && !home(provider))
      .map(({ node, opType, provider, ms }) => ({
        node,
        opType,
        costMs: ms,
        evidence: `ran on ${provider}, not on ${receipt.backend}: ${formatMs(ms)}, and copies there and back`,
        cure: `an op that ${receipt.backend} has a kernel for (another opset or simplify may give one), or another backend for the whole model`,
      }));
  },
};
