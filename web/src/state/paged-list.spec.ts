import fc from 'fast-check';
import type { Page } from '../api/types';
import { settled } from '../fakes/settled';
import { PagedList } from './paged-list';

interface Row {
  readonly id: string;
  readonly title?: string;
}

type Place = { readonly cursor?: string; readonly limit: number };

const rowsOf = (...ids: (string | number)[]): Row[] => ids.map((id) => ({ id: String(id) }));
const numbered = (from: number, to: number) =>
  rowsOf(...Array.from({ length: from - to + 1 }, (_, n) => from - n));
const idsOf = (list: PagedList<Row>) => list.rows.value.map(({ id }) => id);

/** Rows on a server: numbers, the greatest first. A cursor is the last one of the page before it. */
class Shelves {
  readonly asked: Place[] = [];
  /** While it is set, answers wait for it; they are as things were when they were asked for. */
  wait: Promise<unknown> = Promise.resolve();
  fault: Error | null = null;

  constructor(public rows: readonly Row[]) {}

  readonly load = async (place: Place): Promise<Page<Row>> => {
    this.asked.push(place);
    const { fault, wait, rows } = this;
    await wait;
    if (fault) throw fault;
    const rest = rows.filter(({ id }) => place.cursor === undefined || Number(id) < Number(place.cursor));
    const data = rest.slice(0, place.limit);
    const hasMore = rest.length > data.length;
    return { data, hasMore, nextCursor: hasMore ? data.at(-1)!.id : null };
  };
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('A list that comes in pages', () => {
  it('has nothing before anybody has asked', () => {
    const list = new PagedList<Row>(new Shelves(numbered(3, 1)).load);
    expect([list.state.value, list.rows.value, list.hasMore.value]).toEqual(['first', [], false]);
  });

  it('is whole in the end, without a gap or a row twice', async () => {
    const shelves = new Shelves(numbered(100, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    expect([idsOf(list).length, list.hasMore.value, list.state.value]).toEqual([30, true, 'ready']);
    while (list.hasMore.value) await list.loadMore();
    expect(list.rows.value).toEqual(shelves.rows);
    await list.loadMore();
    expect(shelves.asked).toHaveLength(4);
  });

  it('has neither gap nor row twice, whatever happens on the server between its pages', async () => {
    const step = fc.oneof(
      ...[fc.constant('more' as const), fc.constant('refresh' as const)],
      ...[fc.record({ add: fc.integer({ min: 1, max: 150 }) }), fc.record({ drop: fc.nat(300) })],
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(250), fc.array(step, { maxLength: 12 }), async (count, steps) => {
        const shelves = new Shelves(numbered(count, 1));
        const list = new PagedList<Row>(shelves.load);
        await list.refresh();
        for (const what of steps) {
          const newest = Number(shelves.rows[0]?.id ?? 0);
          if (what === 'more') await list.loadMore();
          else if (what === 'refresh') await list.refresh();
          else if ('add' in what)
            shelves.rows = [...numbered(newest + what.add, newest + 1), ...shelves.rows];
          else shelves.rows = shelves.rows.filter((_, n) => n !== what.drop);
        }
        await list.refresh();
        while (list.hasMore.value) await list.loadMore();
        const ids = idsOf(list);
        const there = new Set(shelves.rows.map(({ id }) => id));
        // What was deleted on the server behind the first page may still be here.
        expect(ids.filter((id) => there.has(id)).join()).toBe(shelves.rows.map(({ id }) => id).join());
        expect(ids.every((id, n) => n === 0 || Number(id) < Number(ids[n - 1]))).toBe(true);
      }),
    );
  });

  it('keeps what was loaded beyond the first page when that comes anew', async () => {
    const shelves = new Shelves(numbered(150, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    while (list.hasMore.value) await list.loadMore();
    shelves.rows = numbered(152, 1);
    await list.refresh();
    expect(list.rows.value).toEqual(shelves.rows);
    expect([shelves.asked.at(-1), list.hasMore.value]).toEqual([{ limit: 100 }, false]);
  });

  it('goes on behind what was loaded beyond the first page', async () => {
    const shelves = new Shelves(numbered(200, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    for (let n = 0; n < 3; n++) await list.loadMore();
    await list.refresh();
    await list.loadMore();
    expect([shelves.asked.at(-1), idsOf(list).length]).toEqual([{ cursor: '81', limit: 30 }, 150]);
  });

  it('forgets what was loaded beyond the first page when that does not reach it any more', async () => {
    const shelves = new Shelves(numbered(40, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    await list.loadMore();
    shelves.rows = numbered(400, 1);
    await list.refresh();
    await list.loadMore();
    expect(list.rows.value).toEqual(numbered(400, 331));
  });

  it('forgets what was loaded beyond the end that there is by now', async () => {
    const shelves = new Shelves(numbered(40, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    await list.loadMore();
    shelves.rows = numbered(40, 11);
    await list.refresh();
    expect([list.rows.value, list.hasMore.value]).toEqual([shelves.rows, false]);
  });

  it('has a row once that was put in before its page came', async () => {
    const shelves = new Shelves(numbered(40, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    list.rows.value = [...list.rows.value, ...numbered(10, 10)];
    await list.loadMore();
    expect(idsOf(list).sort()).toEqual(shelves.rows.map(({ id }) => id).sort());
  });

  it('shows the newest form of each row', async () => {
    const shelves = new Shelves([{ id: '2' }, { id: '1', title: 'Oslo' }]);
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    shelves.rows = [{ id: '2' }, { id: '1', title: 'Bergen' }];
    await list.refresh();
    expect(list.rows.value).toEqual(shelves.rows);
  });

  it('drops an answer that comes after that to a later question', async () => {
    const [shelves, first] = [new Shelves(numbered(2, 1)), gate()];
    const list = new PagedList<Row>(shelves.load);
    shelves.wait = first.opened;
    const early = list.refresh();
    [shelves.wait, shelves.rows] = [Promise.resolve(), numbered(3, 1)];
    await list.refresh();
    first.open();
    await early;
    expect([idsOf(list), list.state.value]).toEqual([['3', '2', '1'], 'ready']);
  });

  it('drops a page that was asked for before the first one came anew', async () => {
    const [shelves, second] = [new Shelves(numbered(60, 1)), gate()];
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    shelves.wait = second.opened;
    const more = list.loadMore();
    [shelves.wait, shelves.rows] = [Promise.resolve(), numbered(200, 101)];
    await list.refresh();
    second.open();
    await more;
    expect(list.rows.value).toEqual(numbered(200, 171));
  });

  it('asks for its next page once at a time', async () => {
    const shelves = new Shelves(numbered(60, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect([shelves.asked.length, idsOf(list).length]).toEqual([2, 60]);
  });

  it('keeps its rows when a page fails, and gets on when it is asked again', async () => {
    const shelves = new Shelves(numbered(60, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    shelves.fault = new Error('No.');
    await expect(list.loadMore()).rejects.toThrow('No.');
    await expect(list.refresh()).rejects.toThrow('No.');
    expect([idsOf(list).length, list.state.value, list.hasMore.value]).toEqual([30, 'failed', true]);
    shelves.fault = null;
    await list.loadMore();
    expect([list.rows.value, list.state.value]).toEqual([shelves.rows, 'ready']);
  });

  it('does not say that it has failed when a later question is on its way', async () => {
    const [shelves, first, second] = [new Shelves(numbered(2, 1)), gate(), gate()];
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    [shelves.wait, shelves.fault] = [first.opened, new Error('No.')];
    const failing = list.refresh();
    [shelves.wait, shelves.fault] = [second.opened, null];
    const later = list.refresh();
    first.open();
    await expect(failing).rejects.toThrow('No.');
    expect(list.state.value).toBe('loading');
    second.open();
    await later;
  });
});

describe('Rows that are changed here', () => {
  async function loaded(count = 3) {
    const shelves = new Shelves(numbered(count, 1));
    const list = new PagedList<Row>(shelves.load);
    await list.refresh();
    return { shelves, list };
  }

  it('are changed where they are', async () => {
    const { list } = await loaded();
    list.replace({ id: '2', title: 'Oslo' });
    list.replace({ id: '9', title: 'nowhere' });
    expect(list.rows.value).toEqual([{ id: '3' }, { id: '2', title: 'Oslo' }, { id: '1' }]);
  });

  it('are taken out', async () => {
    const { list } = await loaded();
    list.remove('2');
    expect([idsOf(list), list.has('2'), list.has('1')]).toEqual([['3', '1'], false, true]);
  });

  it('come in front of the row onto which they are grafted, instead of what was there', async () => {
    const { list } = await loaded(60);
    list.graft(rowsOf('b', 'a'), '58');
    expect(idsOf(list)).toEqual(['b', 'a', ...numbered(58, 31).map(({ id }) => id)]);
    await list.loadMore();
    expect(idsOf(list).slice(-30)).toEqual(numbered(30, 1).map(({ id }) => id));
  });

  it.each([null, '999'])('are all there is when they are grafted onto %j', async (onto) => {
    const { shelves, list } = await loaded(60);
    list.graft(rowsOf('b', 'a'), onto);
    await list.loadMore();
    expect([idsOf(list), list.hasMore.value, shelves.asked.length]).toEqual([['b', 'a'], false, 1]);
  });

  it('are not undone by what was asked for before they were grafted', async () => {
    const [{ shelves, list }, answer] = [await loaded(), gate()];
    shelves.wait = answer.opened;
    const late = list.refresh();
    list.graft(rowsOf('b', 'a'), '3');
    answer.open();
    await late;
    await settled();
    expect([idsOf(list), list.state.value]).toEqual([['b', 'a', '3', '2', '1'], 'ready']);
  });
});
