// What a check finds, and what a check is.
import type { Where } from '@modeldiet/numfmt';
import type { Graph, Model, Node } from '../ir/model';
import { graphAddress, keyOf, opKey } from '../ir/names';

/** 'error': the file breaks the ONNX specification. 'warning': it is valid, or may be, and something about it is likely not meant. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly where: Where;
  readonly message: string;
}
export interface Check {
  readonly name: string;
  run(model: Model): Iterable<Problem>;
}

export const atNode = (node: Node, value?: string): Where => ({ node: keyOf(node), opType: opKey(node), ...(value !== undefined && { value }) });
export const atGraph = (graph: Graph, value?: string): Where => ({ graph: graphAddress(graph) || graph.name, ...(value !== undefined && { value }) });

export const error = (code: string, where: Where, message: string): Problem => ({ severity: 'error', code, where, message });
export const warning = (code: string, where: Where, message: string): Problem => ({ severity: 'warning', code, where, message });
