// Letters for the axes of a rank, and terms for inputs that share none.
import type { Node } from '@modeldiet/onnx-io';
import type { Shapes } from '../facts';
import { shapeAt } from '../shapes/rule';

/** a, b, c, ... and on through the Greek letters: enough for the rank limit of the loader. */
export const letter = (i: number): string => (i < 26 ? String.fromCharCode(97 + i) : String.fromCharCode(0x3b1 + i - 26));
export const letters = (rank: number, from = 0): string[] => Array.from({ length: rank }, (_, i) => letter(from + i));
export const rankOf = (node: Node, shapes: Shapes, index = 0): number | undefined => shapeAt(node, shapes, index)?.length;

export const rest = (node: Node, from: number): string =>
  node.inputs
    .slice(from)
    .map(() => ',_')
    .join('');
