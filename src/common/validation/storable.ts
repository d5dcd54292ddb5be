/** Whether a text can be stored and sent as it is: Postgres has no NUL, and UTF-8 no half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
