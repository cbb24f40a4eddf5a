// THE TABLE of optimizers: name -> maker, for callers that read names from a file or a command line.
import { adam, adamW } from './adam';
import { sgd } from './sgd';

export const optimizers = { adam, adamW, sgd } as const;
