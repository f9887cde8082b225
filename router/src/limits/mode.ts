/** `measure` tells metrics and the log what `enforce` would refuse. */
export type Mode = 'off' | 'measure' | 'enforce';
