using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Dataplane.Records;
using Sluice.Gateway.Commands;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Explain;
using Sluice.Gateway.Health;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Sessions;

namespace Sluice.Gateway.Live;

/// <summary>A gateway on the machine's interfaces, in the network namespace of the thread that makes it.</summary>
public sealed class LiveGateway : IDisposable
{
    private const int MaintenanceMilliseconds = 1000;
    private const int ConfirmationMilliseconds = 10_000;

    private readonly ComposedGateway gateway;
    private readonly LiveLinks links;
    private readonly TrafficSampler traffic;
    private readonly ControlThread control;
    private readonly SessionDesk desk;
    private readonly HealthMonitor health;
    private readonly TimeProvider time;
    private readonly GatewayLog log;
    private volatile KernelSide? kernel;
    private long maintained;
    private long confirmed;
    private string? trouble;
    private long recordsLost;

    /// <summary>Makes a gateway with as much room and as many workers as a configuration asks for; its links are opened by <see cref="Start"/>.</summary>
    public LiveGateway(ConfigSet config, GatewayLog log)
        : this(new DataplaneOptions { Workers = config.Gateway.Workers, Capacity = config.Gateway.SessionCapacity, WaitsForNeighbors = true }, log)
    {
    }

    private LiveGateway(DataplaneOptions options, GatewayLog log)
    {
        this.log = log;
        time = options.Time;
        links = new LiveLinks(options.Workers);
        gateway = new ComposedGateway(options, links);
        traffic = new TrafficSampler(gateway.Engine);
        Inspector = new GatewayInspector(gateway, traffic);
        var reloader = new GatewayReloader(gateway, PutInForce, log);
        Reloader = reloader;
        Explainer = new Explainer(gateway);
        desk = new SessionDesk(gateway);
        Commands = new CommandDesk(gateway, reloader, desk);
        control = new ControlThread(Tick, e => log.Warning(e.Message));
        var random = new Random();
        var prober = new SocketProber((realm, address) => ProbePath.Find(gateway, realm, address), control.Post, random);
        health = new HealthMonitor(gateway.Health, prober, time, random, log, ConnectionsOf);
        gateway.Engine.Router.NextHops.Wanting = control.Wake;
    }

    /// <summary>What can be seen of it.</summary>
    public IGatewayInspector Inspector { get; }

    /// <summary>What takes new configurations for it.</summary>
    public IReloader Reloader { get; }

    /// <summary>What would become of packets.</summary>
    public Explainer Explainer { get; }

    /// <summary>What changes and watches its sessions.</summary>
    public ISessionDesk Desk => desk;

    /// <summary>What does Cloud NAT commands.</summary>
    public ICommandDesk Commands { get; }

    /// <summary>What ended a part of it before it was asked to stop, as a sentence.</summary>
    public string? Failure => gateway.Engine.Failure is { } worker ? $"a worker has ended: {worker.Message}"
        : kernel?.Failure is { } mirror ? $"the kernel's tables can't be followed any more: {mirror.Message}"
        : null;

    /// <summary>Opens the links and lets packets pass.</summary>
    /// <exception cref="LinkException">A link or a privilege is missing: one line that says which.</exception>
    public void Start(ConfigSet config, ConfigTexts? texts = null)
    {
        control.Do(() =>
        {
            gateway.Apply(config, texts);
            kernel = new KernelSide(gateway, control.Post, log);
            kernel.Follow();
        });

        // Packets that came before the kernel's routes would be sent astray.
        kernel!.AwaitFirstReading();
        control.Do(() =>
        {
            if (kernel.TakeNewsOfAddresses())
            {
                gateway.Reapply();
                kernel.Follow();
            }

            gateway.ApplyRoutes();
            gateway.Engine.Start();
            health.Follow(gateway.Config!, gateway.Engine.Rules.Policy);
        });
    }

    /// <summary>Stops the workers, gives the kernel back what was taken, closes the links.</summary>
    public void Dispose()
    {
        control.Do(() =>
        {
            gateway.Engine.Stop();
            TellRecords();
            gateway.Engine.Router.NextHops.Wanting = null;
            kernel?.Dispose();
            kernel = null;
        });
        control.Dispose();
        desk.Dispose();
        gateway.Dispose();
        links.Dispose();
    }

    // Between two packets.
    private SessionFatesView PutInForce(ConfigSet config, ConfigTexts texts)
    {
        SessionFatesView? fates = null;
        control.Do(() =>
        {
            try
            {
                fates = gateway.ApplyWith(config, texts, kernel!.Follow);
            }
            finally
            {
                gateway.ApplyRoutes();
                links.KeepOnly(gateway.Links.Select(l => l.Port.Link));
                health.Follow(gateway.Config!, gateway.Engine.Rules.Policy);
            }
        });
        return fates!;
    }

    // Another address of a link is another configuration for whatever is given by that link's name.
    private void FollowAddresses(KernelSide beside)
    {
        SessionFatesView fates = gateway.Reapply();
        beside.Follow();
        gateway.ApplyRoutes();
        health.Follow(gateway.Config!, gateway.Engine.Rules.Policy);
        string now = string.Join(", ", gateway.Links.Select(l => $"{l.Spec.Name} {(l.Port.Addresses.IsEmpty ? "none" : string.Join(' ', l.Port.Addresses.Select(a => a.Address)))}"));
        log.Info($"links have other addresses ({now}): {GatewayReloader.WordsOf(fates)}");
    }

    private ConnectionCounts ConnectionsOf(int backend)
    {
        AccountEntry counted = gateway.Engine.Store.Accounts.EntryOf(gateway.Engine.Rules.Accounts.OfBackend(backend));
        return new ConnectionCounts(counted.Accepted, (ulong)counted.Rejected, (ulong)counted.Unanswered);
    }

    private void TellRecords()
    {
        foreach (RuleRecord record in gateway.Engine.TakeRuleRecords()) log.Rule(RuleRecordView.Of(record, gateway.Realms));
        long lost = gateway.Engine.RuleRecordsLost;
        if (lost != recordsLost) log.Warning($"{lost - recordsLost} records of access lists were lost: more came at once than find room");
        recordsLost = lost;
    }

    private int Tick()
    {
        if (kernel is not { } beside) return MaintenanceMilliseconds;
        TellRecords();
        desk.TellRules();
        try
        {
            beside.AskWanted();
            if (beside.TakeNewsOfAddresses()) FollowAddresses(beside);
            traffic.SampleIfDue();
            long now = time.GetTimestamp();
            if (time.GetElapsedTime(maintained, now).TotalMilliseconds >= MaintenanceMilliseconds)
            {
                maintained = now;
                gateway.Engine.Router.NextHops.Maintain();
                beside.KeepHostPorts();
            }

            if (time.GetElapsedTime(confirmed, now).TotalMilliseconds >= ConfirmationMilliseconds)
            {
                confirmed = now;
                beside.ConfirmNeighbors();
            }

            trouble = null;
        }
        catch (LinkException e)
        {
            if (trouble != e.Message) log.Warning(e.Message);
            trouble = e.Message;
        }

        return Math.Min(health.Tick(), MaintenanceMilliseconds);
    }
}
