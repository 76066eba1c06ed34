using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Gateway;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Cli.Demo;

/// <summary>The demo from its networks to its summary.</summary>
internal static class DemoRun
{
    private const int RedrawMilliseconds = 250;

    /// <summary>Runs the demo.</summary>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public static int Run(CommandContext context, int seconds, bool json)
    {
        if (!Environment.IsPrivilegedProcess) return OfferReplay(context);
        try
        {
            return RunAsRoot(context, seconds, json);
        }
        catch (LinkException e)
        {
            return context.Fail(ExitCode.Failed, e.Message);
        }
    }

    private static int RunAsRoot(CommandContext context, int seconds, bool json)
    {
        using var stop = new ManualResetEventSlim();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var network = new DemoNetwork(new GatewayLog(context.Error, json: false));
        var counts = new DemoCounts();
        DemoResult result = Watch(context, network, counts, seconds, json, stop);
        if (json) context.Output.WriteLine(JsonSerializer.Serialize(result, DemoJson.Default.DemoResult));
        else Summarize(context, counts, result);
        return result.Ok ? ExitCode.Done : ExitCode.Failed;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Set();
        }
    }

    private static DemoResult Watch(CommandContext context, DemoNetwork network, DemoCounts counts, int seconds, bool json, ManualResetEventSlim stop)
    {
        var servers = new DemoPrograms();
        var clients = new DemoPrograms();
        try
        {
            StartPrograms(network, counts, servers, clients);
            long end = Environment.TickCount64 + seconds * 1000L;
            if (!json && context.IsTerminal)
                new DemoView(counts, network.Gateway.Inspector, TimeProvider.System).Show(() => !stop.Wait(RedrawMilliseconds) && Environment.TickCount64 < end);
            else
                stop.Wait(TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            // Clients first: the last request of each is still answered.
            clients.Stop();
            servers.Stop();
        }

        // What went astray is answered by nobody: only the gateway's counters say that it has come to its end.
        SpinWait.SpinUntil(
            () => network.Gateway.Inspector.Status().Packets.Dropped.GetValueOrDefault(nameof(DropReason.NotExposed)) >= (ulong)counts.Astray,
            DemoClients.PatienceMilliseconds);
        return DemoResult.From(counts, network.Gateway.Inspector.Status());
    }

    private static void StartPrograms(DemoNetwork network, DemoCounts counts, DemoPrograms servers, DemoPrograms clients)
    {
        var server = new DemoServer(counts, servers);
        var client = new DemoClients(counts);
        servers.Start(network.Servers, "demo-http", server.ServeHttp);
        servers.Start(network.Servers, "demo-queries", server.ServeQueries);
        server.AwaitListening();

        // One ping from each client goes ahead and counts like any other: at most three packets wait for a neighbour that the gateway has yet to ask for,
        // and all programs at once are more.
        foreach (IpAddress host in DemoNetwork.ClientAddresses) network.Clients.Run(() => client.Ping(host));
        foreach (IpAddress host in DemoNetwork.ClientAddresses)
        {
            clients.Start(network.Clients, $"demo-http-{host}", () => client.RequestHttp(host));
            clients.Start(network.Clients, $"demo-query-{host}", () => client.Query(host));
            clients.Start(network.Clients, $"demo-ping-{host}", () => client.Ping(host));
        }

        clients.Start(network.Clients, "demo-astray", () => client.SendAstray(DemoNetwork.ClientAddresses[0]));
        clients.Start(network.Servers, "demo-unasked", DemoClients.SendUnasked);
    }

    private static void Summarize(CommandContext context, DemoCounts counts, DemoResult result)
    {
        TextWriter output = context.Output;
        output.WriteLine($"HTTP requests     {counts.Http.Sent} sent, {counts.Http.Answered} answered");
        output.WriteLine($"queries over UDP  {counts.Queries.Sent} sent, {counts.Queries.Answered} answered");
        output.WriteLine($"pings             {counts.Pings.Sent} sent, {counts.Pings.Answered} answered");
        output.WriteLine($"clients were at   {string.Join(", ", DemoNetwork.ClientAddresses)}");
        output.WriteLine($"the server saw    {string.Join(", ", result.SourcesSeen)}");
        output.WriteLine($"gateway           {result.Packets.In} packets in, {result.Packets.Out} out, {result.Sessions} sessions at the end");
        foreach ((string reason, ulong count) in result.Packets.Dropped)
        {
            output.WriteLine($"dropped           {count} {reason}:");
            output.WriteLine($"                  {DropReasonWords.Of(Enum.Parse<DropReason>(reason))}");
        }

        output.WriteLine(result.Ok
            ? "Every request was answered, and no inside address was seen outside."
            : "Something went unanswered, or another address than the public one was seen.");
        output.WriteLine("Nothing of the demo is left on this machine.");
    }

    private static int OfferReplay(CommandContext context)
    {
        context.Fail(ExitCode.Failed,
            "the demo needs root, for network namespaces (CAP_SYS_ADMIN) and for interfaces, packet sockets and BPF in them (CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF): sudo ./sluice demo");
        context.Error.WriteLine("Without root, the same gateway runs on a capture:");
        context.Error.WriteLine("  ./sluice replay examples/masquerade.yaml --in vpc1=examples/masquerade-vpc1.pcap --in vpc2=examples/masquerade-vpc2.pcap --out demo-result");
        return ExitCode.Failed;
    }
}
