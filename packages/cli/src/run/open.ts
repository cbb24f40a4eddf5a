// Models by path, with what the tables say of their files.
import { stat } from 'node:fs/promises';
import { allGraphs, allNodes, constantBytes, type Model } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import type { Context } from '../context';

export interface Opened {
  /** As the user wrote it. */
  readonly path: string;
  readonly file: string;
  readonly model: Model;
  /** Of the file, and of the weights it keeps in data files beside it. */
  readonly bytes: number;
}

/** Throws what `readModel` throws. */
export async function openModel(context: Context, path: string): Promise<Opened> {
  const file = context.path(path);
  const model = await readModel(file, context.work);
  const { size } = await stat(file);
  return { path, file, model, bytes: size + externalBytes(model) };
}

function externalBytes(model: Model): number {
  let total = 0;
  for (const graph of allGraphs(model))
    for (const { initializer, storage } of graph.initializers) if (initializer && storage?.field === 'external') total += constantBytes(initializer);
  for (const node of allNodes(model))
    for (const { kind, value, storage } of node.attributes.values()) if (kind === 'tensor' && storage?.[0]?.field === 'external') total += constantBytes(value);
  return total;
}

/** Nodes of the model, subgraphs and functions included. */
export function nodeCount(model: Model): number {
  let count = 0;
  for (const _ of allNodes(model)) count++;
  return count;
}
