// The model's own fields.
import { writable } from '../make';
import type { Model, ModelFunction } from '../model';
import { touch } from './scope';

/** A model or a function imports `domain` at `version`; this is the number alone: conversion is `raiseOpset` of `@modeldiet/ops`. `undefined` removes it. */
export function setOpset(owner: Model | ModelFunction, domain: string, version: number | undefined): void {
  touch('irVersion' in owner ? owner : owner.model);
  const opsets = owner.opsets as Map<string, number>;
  if (version === undefined) opsets.delete(domain);
  else opsets.set(domain, version);
}

export function setIrVersion(model: Model, irVersion: number): void {
  touch(model);
  writable(model).irVersion = irVersion;
}

export function setProducer(model: Model, name: string, version: string): void {
  touch(model);
  writable(model).producer = { name, version };
}
