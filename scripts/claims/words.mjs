// How the rows of docs/claims.md say numbers.
import { formatRatio } from '@modeldiet/pipeline';

/** 'yes' where it holds for all that was measured, 'partly' where for some. */
export const verdict = (holds) => (holds.every(Boolean) ? 'yes' : holds.some(Boolean) ? 'partly' : 'no');

/** A ratio of two times, from compareRuns: '1.31x (1.28 to 1.33)'. */
export const ratioText = ({ ratio, ci95 }) => `${formatRatio(ratio)} (${formatRatio(ci95[0])} to ${formatRatio(ci95[1])})`;

const points = (share) => (100 * share).toFixed(2).replace(/^-0\.00$/, '0.00');

/** A mean over seeds with its t-interval, in percentage points. */
export const pointsText = ({ value, low, high }) => `${points(value)} (${points(low)} to ${points(high)})`;
export const percentText = (share) => `${(100 * share).toFixed(1)} %`;

export const list = (items) => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`);
