// THE TABLE of losses: name -> maker, for callers that read names from a file or a command line.
import { crossEntropy } from './cross-entropy';
import { mse } from './mse';

export const losses = { crossEntropy, mse } as const;
