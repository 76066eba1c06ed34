using System.Security.Cryptography;
using Sluice.Dataplane.Egress;
using Sluice.Dataplane.Records;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Links;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>
/// The packet path behind one narrow door: links and rules go in, counters and views come out. Everything that packets touch lives in native memory;
/// nothing here is called for a packet.
/// </summary>
/// <remarks>All members but the views belong to one control thread.</remarks>
public sealed unsafe class PacketEngine : IDisposable
{
    // What is in force before the first configuration: no peering, so nothing passes between realms, and no link to pass by.
    private static readonly GatewayPolicy Nothing = new() { Pools = [], Timers = [TimerSet.Default], Rules = [new PolicyRule("nothing", "")] };

    private readonly SharedState shared;
    private readonly Worker[] workers;
    private readonly WorkerLoop[] loops;
    private readonly RuleRecords records;
    private readonly LinkPort?[] ports = new LinkPort?[WorkerCounters.Links];
    private ushort generation;
    private bool started;

    /// <summary>Makes a dataplane without links that drops everything.</summary>
    public PacketEngine(DataplaneOptions options)
    {
        Options = options;
        Clock = new CoarseClock(options.Time);
        Store = new SessionStore(new SessionStoreOptions
        {
            Capacity = options.Capacity,
            Workers = options.Workers,
            Seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            ExactExpiry = options.ExactExpiry,
        });
        Router = new Router();
        shared = new SharedState(options, Store, Router, RulesFor(Nothing, identity: default));
        workers = [.. Enumerable.Range(0, options.Workers).Select(number => new Worker(shared, number))];
        loops = [.. workers.Select(worker => new WorkerLoop(worker, Clock))];
        records = new RuleRecords([.. workers.Select(static worker => worker.Records)]);
    }

    /// <summary>What it was made with.</summary>
    public DataplaneOptions Options { get; }

    /// <summary>The clock of tables and timers.</summary>
    public CoarseClock Clock { get; }

    /// <summary>Sessions, mappings and pools: for views and commands.</summary>
    public SessionStore Store { get; }

    /// <summary>Routes, neighbours and next hops.</summary>
    public Router Router { get; }

    /// <summary>What is in force.</summary>
    public Ruleset Rules => shared.Rules;

    /// <summary>The links.</summary>
    public IEnumerable<LinkPort> Links => ports.OfType<LinkPort>();

    /// <summary>What ended a worker before it was asked to stop, if anything did.</summary>
    public Exception? Failure => loops.Select(loop => loop.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>The lowest link number that is not in use.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="WorkerCounters.Links"/> are.</exception>
    public ushort NextLinkIndex()
    {
        int free = Array.IndexOf(ports, null);
        return free >= 0 ? (ushort)free : throw new InvalidOperationException($"more than {WorkerCounters.Links} links");
    }

    /// <summary>Takes up a link: opens its queue for each worker. Packets flow once the dataplane has started.</summary>
    /// <exception cref="LinkException">The device can't be opened; nothing has changed.</exception>
    public void AddLink(LinkPort port)
    {
        var opened = new List<WorkerPort>();
        try
        {
            for (int i = 0; i < workers.Length; i++)
            {
                LinkQueue queue = port.Link.OpenQueue(i, workers.Length);
                opened.Add(new WorkerPort(port, queue, new EgressStage(port.Link, queue)));
            }
        }
        catch
        {
            opened.ForEach(one => one.Dispose());
            throw;
        }

        ports[port.Index] = port;
        for (int i = 0; i < workers.Length; i++)
        {
            Worker worker = workers[i];
            WorkerPort one = opened[i];
            loops[i].Ask(() => worker.AddPort(one));
        }
    }

    /// <summary>Replaces what is known of a link (its addresses, its realm) without touching its device.</summary>
    public void UpdateLink(LinkPort port)
    {
        ports[port.Index] = port;
        for (int i = 0; i < workers.Length; i++)
        {
            Worker worker = workers[i];
            loops[i].Ask(() => worker.UpdatePort(port));
        }
    }

    /// <summary>Gives a link up: closes its queues and the link itself.</summary>
    public void RemoveLink(ushort index)
    {
        if (ports[index] is not { } port) return;

        // Nothing is routed there any more before the queues close.
        ports[index] = null;
        Apply(Rules.Policy, [.. Router.Table.Routes.Where(static route => route.Origin is RouteOrigin.Document or RouteOrigin.Kernel)], Rules.Identity);
        for (int i = 0; i < workers.Length; i++)
        {
            Worker worker = workers[i];
            loops[i].Ask(() => worker.RemovePort(index));
        }

        port.Link.Dispose();
    }

    /// <summary>Puts a policy and routes in force, together. Returns when every worker goes by them.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="routes">Routes of documents and of the kernel; connected ones follow from the links.</param>
    /// <param name="identity">Source of ICMP that the gateway makes where no address of a link will do.</param>
    public void Apply(GatewayPolicy policy, IEnumerable<RouteFact> routes, GatewayIdentity identity)
    {
        // What forwards serve is taken from the pools before they serve it, and is theirs again only after the last packet of the old policy.
        Ruleset before = shared.Rules;
        if (!ReferenceEquals(before.Policy, policy)) Store.ClaimPorts(policy.PortClaims);
        Router.Rebuild([.. Links.Select(port => port.Facts)], routes);
        shared.Rules = RulesFor(policy, identity);
        foreach (WorkerLoop loop in loops) loop.Ask(static () => { });
        records.Collect(shared.Rules, before);
        if (ReferenceEquals(before.Policy, policy)) return;
        Store.ReleasePorts(before.Policy.PortClaims);
        before.Accounts.Release(Store.Accounts);
    }

    /// <summary>What a policy would do to the live sessions if it were applied now; changes nothing.</summary>
    public ReloadForecast Forecast(GatewayPolicy policy) => ReloadForecast.Of(Store, Rules, policy, Clock.Now);

    /// <summary>Puts other routes in force under the same policy.</summary>
    public void ApplyRoutes(IEnumerable<RouteFact> routes) => Apply(Rules.Policy, routes, Rules.Identity);

    /// <summary>Starts the worker threads.</summary>
    public void Start()
    {
        if (started) return;
        started = true;
        foreach (WorkerLoop loop in loops) loop.Start();
    }

    /// <summary>Stops the worker threads; what waits in the queues is left there.</summary>
    public void Stop()
    {
        foreach (WorkerLoop loop in loops) loop.Stop();
    }

    /// <summary>Wakes workers that sleep: for links that have no descriptor to wait for.</summary>
    public void Wake()
    {
        foreach (WorkerLoop loop in loops) loop.Wake();
    }

    /// <summary>Instead of threads: works on everything that waits, at a given time, worker by worker. What replay and tests use.</summary>
    /// <returns>How many packets were received.</returns>
    public int Step(uint now)
    {
        int total = 0;
        foreach (Worker worker in workers)
        {
            worker.Unpark();
            int received;
            while ((received = worker.RunAll(now)) != 0) total += received;
            worker.Park();
        }

        return total;
    }

    /// <summary>Instead of threads: ends everything that is due by <paramref name="now"/>, each at its due time, and puts all sessions to the rules in force.</summary>
    public void Settle(uint now)
    {
        workers[0].Unpark();
        Store.ExpireUpTo(Store.Worker(0), now);
        workers[0].Park();
    }

    /// <summary>Puts every live session to the rules in force now, rather than on its next packet: what a reload in virtual time does.</summary>
    public void Revalidate(uint now)
    {
        workers[0].Unpark();
        workers[0].Revalidate(Store.Sessions(now).OrderBy(static session => session.Number), now);
        workers[0].Park();
    }

    /// <summary>Has every burst shown to an observer.</summary>
    public void Observe(IBurstObserver observer)
    {
        foreach (Worker worker in workers) worker.Observer = observer;
    }

    /// <summary>What rules with <c>log: true</c> ask to be told, since the last time.</summary>
    public IReadOnlyList<RuleRecord> TakeRuleRecords()
    {
        records.Collect(Rules, Rules);
        return records.Take();
    }

    /// <summary>Records of rules that found no room.</summary>
    public long RuleRecordsLost => records.Lost;

    /// <summary>The counters of one worker, as they are at the moment.</summary>
    public WorkerCounters CountersOf(int worker) => *workers[worker].Counters;

    /// <summary>The counters of all workers together.</summary>
    public DataplaneCounters Counters()
    {
        var total = new DataplaneCounters();
        foreach (Worker worker in workers) total.Add(in *worker.Counters);
        return total;
    }

    /// <summary>What passed between realms, and what was dropped by the realm that it came from. Visits every live line: meant for once in a few seconds.</summary>
    public RealmTraffic Traffic()
    {
        var drops = new Dictionary<ushort, ulong>();
        foreach (Worker worker in workers) worker.AddDrops(drops);
        return new RealmTraffic(Store.Traffic(), drops);
    }

    /// <summary>What the queues of a link have counted themselves.</summary>
    public LinkStatistics StatisticsOf(ushort link)
    {
        ulong received = 0, sent = 0, refused = 0, lost = 0;
        foreach (Worker worker in workers)
            foreach (WorkerPort port in worker.Ports)
            {
                if (port.Port.Index != link) continue;
                LinkStatistics one = port.Queue.Statistics;
                (received, sent, refused, lost) = (received + one.Received, sent + one.Sent, refused + one.Refused, lost + one.Lost);
            }

        return new LinkStatistics(received, sent, refused, lost);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WorkerLoop loop in loops) loop.Dispose();
        foreach (Worker worker in workers) worker.Dispose();
        foreach (LinkPort port in Links) port.Link.Dispose();
        Store.Dispose();
        Router.Dispose();
    }

    private Ruleset RulesFor(GatewayPolicy policy, GatewayIdentity identity)
    {
        // 0 marks dead lines, so the numbers go round without it. A line is confirmed or ended within a second or so, long before its number comes again.
        generation = generation == ushort.MaxValue ? (ushort)1 : (ushort)(generation + 1);
        Ruleset? before = shared?.Rules;
        return new Ruleset
        {
            Generation = generation,
            Policy = policy,
            Pools = [.. policy.Pools.Select(Store.PoolFor)],
            TimerSets = [.. policy.Timers.Select(Store.TimerSetFor)],
            Accounts = ReferenceEquals(policy, before?.Policy) ? before.Accounts : AccountMap.Hold(policy, Store.Accounts),
            Routes = Router.Table,
            Ports = [.. ports],
            LinkNumbers = Ruleset.NumbersOf(policy, ports),
            Identity = identity,
        };
    }
}
