using System.Globalization;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Spectre.Console;

namespace Sluice.Cli.Demo;

/// <summary>The demo as a person watches it: counts, rates, drops and the newest sessions, redrawn in place.</summary>
internal sealed class DemoView(DemoCounts counts, IGatewayInspector gateway, TimeProvider time)
{
    private const int SessionsShown = 8;
    private const int SessionsRead = 1000;

    private static readonly SessionQuery Recent =
        new(SessionFilter.Everything.And(static (in SessionFacts s) => s.Session.IdleMilliseconds < 2000), Max: SessionsRead);

    private readonly long begun = time.GetTimestamp();
    private PacketsView before = new(0, 0, 0, 0, 0, new Dictionary<string, ulong>());
    private long drawn = time.GetTimestamp();

    /// <summary>Draws until the wait says that it is over.</summary>
    /// <param name="wait">Waits a little; false when the demo is over.</param>
    public void Show(Func<bool> wait) => AnsiConsole.Live(Draw()).AutoClear(enabled: true).Start(live =>
    {
        while (wait()) live.UpdateTarget(Draw());
    });

    private Rows Draw()
    {
        StatusView status = gateway.Status();
        double seconds = Math.Max(0.001, time.GetElapsedTime(drawn).TotalSeconds);
        double packetsPerSecond = (status.Packets.In - before.In) / seconds;
        (before, drawn) = (status.Packets, time.GetTimestamp());
        return new Rows(
            new Markup("clients [green]10.0.0.2, .3, .4[/] --- vpc1 [bold][[ Sluice ]][/] vpc2 --- server [green]198.51.100.2[/], which has no route to the clients"),
            Programs(),
            new Markup($"the server sees its clients at [green]{string.Join(", ", counts.SourcesSeen)}[/]"),
            Gateway(status, packetsPerSecond),
            Sessions(),
            new Markup("[dim]Ctrl-C ends the demo and removes everything.[/]"));
    }

    private Table Programs()
    {
        Table table = Headed("program", "sent", "answered");
        Row(table, "HTTP over TCP", counts.Http);
        Row(table, "queries over UDP", counts.Queries);
        Row(table, "pings", counts.Pings);
        return table;

        static void Row(Table table, string name, (long Sent, long Answered) tally) => table.AddRow(name, Number(tally.Sent), Number(tally.Answered));
    }

    private Table Gateway(StatusView status, double packetsPerSecond)
    {
        Table table = Headed("gateway", "count");
        table.AddRow("seconds", Number((long)time.GetElapsedTime(begun).TotalSeconds));
        table.AddRow("packets a second", Number((long)packetsPerSecond));
        table.AddRow("packets in / out", $"{status.Packets.In} / {status.Packets.Out}");
        table.AddRow("sessions, mappings", $"{status.Sessions}, {status.Mappings}");
        foreach (DropView drop in gateway.Drops().Drops) table.AddRow(Markup.Escape($"dropped, {drop.Reason}: {drop.Words}"), Number((long)drop.Packets));
        return table;
    }

    private Table Sessions()
    {
        Table table = Headed("session", "from", "to", "seen as", "packets");
        IEnumerable<SessionView> newest = gateway.Sessions(Recent).Sessions.OrderByDescending(s => s.Id).Take(SessionsShown);
        foreach (SessionView s in newest)
            table.AddRow($"{s.Protocol} {s.State}", Markup.Escape(s.Source), Markup.Escape(s.Destination), Markup.Escape(s.TranslatedSource), $"{s.Original.Packets}/{s.Reply.Packets}");
        return table;
    }

    private static Table Headed(params string[] headers)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string header in headers) table.AddColumn(new TableColumn(new Markup($"[bold]{header}[/]")));
        return table;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
