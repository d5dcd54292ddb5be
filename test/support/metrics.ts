/** One scrape of `/metrics`, read as far as the tests need it. */
export class Metrics {
  /** Each series as it stands there, name and labels, with its value. */
  readonly series: ReadonlyMap<string, number>;
  /** `counter`, `gauge` or `histogram`, by the name of the metric. */
  readonly types: ReadonlyMap<string, string>;

  constructor(text: string) {
    const lines = text.split('\n');
    this.types = new Map(
      lines.flatMap((line) => {
        const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
        return name && type ? [[name, type] as const] : [];
      }),
    );
    this.series = new Map(
      lines.flatMap((line) => {
        const [, series, value] = /^([a-z][^ {]*(?:\{.*\})?) (\S+)$/i.exec(line) ?? [];
        return series && value ? [[series, Number(value)] as const] : [];
      }),
    );
  }

  /** @param port of a process on this machine */
  static async scrape(port: number): Promise<Metrics> {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
    return new Metrics(await response.text());
  }

  /** Of all series whose names and labels begin like that. */
  sum(beginning: string): number {
    return [...this.series].reduce((sum, [name, value]) => sum + (name.startsWith(beginning) ? value : 0), 0);
  }

  /** What is asked for in queries; a histogram has three names. */
  get names(): Set<string> {
    return new Set([...this.series.keys()].map((series) => series.split('{')[0]!));
  }

  /** Goes up only, so that its rate is what counts. */
  isCounter(series: string): boolean {
    const name = series.split('{')[0]!;
    const type = this.types.get(name) ?? this.types.get(name.replace(/_(bucket|sum|count)$/, ''));
    return type === 'counter' || type === 'histogram';
  }
}
