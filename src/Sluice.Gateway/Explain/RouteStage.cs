using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>Which way the packet leaves.</summary>
internal static class RouteStage
{
    public static StageView? Of(ExplainContext at)
    {
        if (at.Forecast.Way is not { } way) return null;
        string realm = at.RealmName(at.Forecast.RealmTo);

        // A direct backend's packets go where it is, and keep their destination.
        IpAddress destination = at.Forecast.Decision is { Kind: DecisionKind.Session, IsRoutedBy: true } direct ? direct.RouteBy : at.Forecast.Destination;
        if (way.Route is not { } route)
            return Say([way.IsOwn ? $"{destination} is an address of the gateway itself in {realm}: nothing is sent there" : $"{realm} has no way to {destination}"], null);
        if (at.Forecast.Rules.Ports.ElementAtOrDefault(route.Link) is not { } port) return Say([$"the link to {destination} is gone"], null);
        var says = new List<string> { $"{destination} in {realm} goes out of link {port.Link.Name}{Why(route)}" };
        if (port.Link.HasEthernet) says.Add(Neighbor(at, route, way.NeighborOf(destination)));
        if (at.Forecast is { Verdict: Verdict.Drop, Decision.Kind: DecisionKind.Route }) says.Add("that is where it came from: a packet that nothing translates is never sent back");
        CauseView? cause = route.Origin == RouteOrigin.Kernel ? null : at.Places.Route(port.Link.Name, route.To, route.Via);
        return Say(says, cause);
    }

    /// <summary>The link that the packet leaves by.</summary>
    public static LinkPort? OutOf(ExplainContext at) => at.Forecast.Way?.Route is { } route ? at.Forecast.Rules.Ports.ElementAtOrDefault(route.Link) : null;

    private static string Why(RouteFact route) => route.Origin switch
    {
        RouteOrigin.Implied => ", the only one of its realm",
        RouteOrigin.Kernel => $", by the kernel's route to {route.To}{(route.Via is { } via ? $" via {via}" : "")}",
        _ => $", by the route to {route.To}{(route.Via is { } via ? $" via {via}" : "")}",
    };

    private static string Neighbor(ExplainContext at, RouteFact route, IpAddress neighbor) =>
        at.Gateway.Engine.Router.Neighbors.TryGet(route.Link, neighbor, out MacAddress mac)
            ? $"its neighbour there is {neighbor}, at {mac}"
            : at.Gateway.Engine.Options.WaitsForNeighbors
                ? $"its neighbour there is {neighbor}, whose Ethernet address is not known yet: the packet waits while it is asked for"
                : $"its neighbour there is {neighbor}, whose Ethernet address nobody gives: a running gateway asks for it, a replay drops the packet (NoNeighbor)";

    private static StageView Say(IReadOnlyList<string> says, CauseView? cause) => new("route", says, cause is null ? [] : [cause]);
}
