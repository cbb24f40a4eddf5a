// The verbs, in the order help shows them.
import type { Verb } from '../verb';
import { bench } from './bench';
import { compare } from './compare';
import { diagnose } from './diagnose';
import { distill } from './distill';
import { explain } from './explain';
import { inspect } from './inspect';
import { optimize } from './optimize';
import { profile } from './profile';
import { prune } from './prune';
import { quantize } from './quantize';
import { simplify } from './simplify';
import { train } from './train';

export const verbs: readonly Verb[] = [inspect, compare, bench, profile, diagnose, quantize, simplify, prune, train, distill, optimize, explain];
