// NonMaxSuppression: the best boxes of each class, those that overlap a better one too much left out.
import { intOf } from '../../attributes';
import { int64s, integersOf, numbersOf } from '../array';
import { type Kernel, optionalAt, tensorAt } from '../kernel';
import { range } from '../layout';

type Box = readonly [top: number, left: number, bottom: number, right: number];

function overlap(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = ([t, l, bottom, r]: Box): number => (bottom - t) * (r - l);
  return (height * width) / (area(a) + area(b) - height * width);
}

const nonMaxSuppression: Kernel = (node, inputs) => {
  const [boxes, scores] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
  const scalar = (index: number): number | undefined => {
    const t = optionalAt(node, inputs, index);
    return t && (t.type === 'int64' ? integersOf(t)[0] : numbersOf(t)[0]);
  };
  const [most, iou, threshold] = [scalar(2) ?? 0, scalar(3) ?? 0, scalar(4)];
  const centred = intOf(node, 'center_point_box', 0) === 1;
  const [batch, count] = boxes.dims as [number, number];
  const classes = scores.dims[1]!;
  const [bs, ss] = [numbersOf(boxes), numbersOf(scores)];
  const box = (n: number, i: number): Box => {
    const [p, q, r, s] = range(4).map((k) => bs[(n * count + i) * 4 + k]!) as [number, number, number, number];
    if (centred) return [q - s / 2, p - r / 2, q + s / 2, p + r / 2];
    return [Math.min(p, r), Math.min(q, s), Math.max(p, r), Math.max(q, s)];
  };
  const chosen: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < classes; c++) {
      const score = (i: number): number => ss[(n * classes + c) * count + i]!;
      const order = range(count)
        .filter((i) => threshold === undefined || score(i) > threshold)
        .sort((i, j) => score(j) - score(i) || i - j);
      const kept: number[] = [];
      for (const i of order) {
        if (kept.length >= most) break;
        if (kept.every((j) => overlap(box(n, i), box(n, j)) <= iou)) kept.push(i);
      }
      for (const i of kept) chosen.push(n, c, i);
    }
  return [int64s(chosen, [chosen.length / 3, 3])];
};

export const kernels = { NonMaxSuppression: nonMaxSuppression } satisfies Record<string, Kernel>;
