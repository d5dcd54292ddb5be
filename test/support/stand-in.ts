/** What others can see of a class, and so what a fake of it has to have. */
export type Public<T> = Pick<T, keyof T>;

/** The one cast: a fake in the place of the class whose public side it has. */
export const standIn = <T>(fake: Public<T>): T => fake;
