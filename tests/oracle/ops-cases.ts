// The node test cases of onnx 1.23.2 for the oracle tests.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { casesOf, type NodeCase } from './ops-archive';

export { datumFrom, type NodeCase } from './ops-archive';

export const nodeCases = (): NodeCase[] => casesOf(gunzipSync(readFileSync('fixtures/onnx-node-cases-1.23.2.tar.gz')));
