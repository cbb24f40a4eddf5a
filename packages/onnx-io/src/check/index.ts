// checkModel: every check, one a file. A new check is a file and a line here.
import type { Model } from '../ir/model';
import { requireModel } from '../ir/require-model';
import { bodies } from './bodies';
import { constants } from './constants';
import { functions } from './functions';
import { names } from './names';
import { operators } from './operators';
import { order } from './order';
import type { Check, Problem } from './problem';
import { training } from './training';
import { types } from './types';
import { values } from './values';
import { versions } from './versions';

export type { Check, Problem } from './problem';

export const checks: readonly Check[] = [versions, names, values, order, operators, bodies, constants, types, functions, training];

/**
 * What is wrong with a model, each problem with its place; empty when nothing is. Reads no weights. Files that break the rules badly are opened with `loadModel(bytes, { lenient: true })` first.
 *
 * `checkModel(model).filter(({ severity }) => severity === 'error')`
 */
export function checkModel(model: Model, { only = checks }: { readonly only?: readonly Check[] } = {}): Problem[] {
  requireModel(model);
  return only.flatMap((check) => [...check.run(model)]);
}
