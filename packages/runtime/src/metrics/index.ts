// Metrics by name, for the CLI and plans. A new metric is one file and one line here.
import { accuracy } from './accuracy';
import { mse } from './mse';
import { topK } from './top-k';

export const metrics = { accuracy, topK, mse } as const;
