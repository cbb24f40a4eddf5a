import { schemaOps, schemasOf } from '@modeldiet/onnx-io';
import { expect, it } from 'vitest';
import { bumpOf } from './steps';

it('has a row for every version bump of ai.onnx, and none besides', () => {
  const missing: string[] = [];
  const odd: string[] = [];
  for (const key of schemaOps()) {
    if (key.includes(':')) continue;
    const versions = schemasOf(key).map(({ since }) => since);
    for (let version = 2; version <= 28; version++) {
      const isBump = versions.indexOf(version) > 0;
      if (isBump && !bumpOf(key, version)) missing.push(`${key} ${version}`);
      // Dropout's mask and Upsample's end have steps of their own version.
      if (!isBump && bumpOf(key, version)) odd.push(`${key} ${version}`);
    }
  }
  expect(missing).toEqual([]);
  expect(odd).toEqual([]);
});
