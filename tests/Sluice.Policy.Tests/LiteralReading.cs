using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests;

/// <summary>What a reader of the documents would say of a packet, whatever kinds of NAT they use: every list is read anew, one-to-one NAT is laid out address by address.</summary>
internal sealed class LiteralReading(GeneratedNat documents)
{
    private static readonly IpPrefix[] SpecialUse =
        [.. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fe80::/10", "ff00::/8" }.Select(IpPrefix.Parse)];

    private readonly record struct Side(NatPeering Peering, NatEnd Here, NatEnd There)
    {
        public Side Turned => new(Peering, There, Here);
    }

    // How the peer sees one endpoint: as it is, by a pool, or as a fixed one.
    private readonly record struct Seen(string Kind, NatExpose? Expose, IpAddress Address, ushort Port, bool IsPorted = false, int Length = 0);

    /// <summary>"drop REASON", "route a", "ask a", "ask a as POOL", "stateless a: SOURCE > DESTINATION", "session a: POOL:* > DESTINATION".</summary>
    public string Decide(NatPacket packet)
    {
        Side[] sides = [.. SidesOf(packet.Realm)];
        return ToPublic(packet, sides) ?? ToOwnPublic(packet, sides) ?? ToShown(packet, sides);
    }

    /// <summary>The same for a packet to a pool's public address of which a mapping says whose it is.</summary>
    public string Inbound(NatPacket packet)
    {
        foreach (Side side in SidesOf(packet.InsideRealm).Where(side => side.There.Realm == packet.Realm))
        {
            NatExpose? owner = side.Here.Exposes.FirstOrDefault(expose => expose.Kind == "masquerade" && Lists(expose.Ips, packet.Inside) && Lists(expose.As, packet.Destination));
            return owner is null ? "drop NotExposed" : UnderList(side.Turned, packet, Pass(side.Turned, packet, packet.InsideRealm, new Seen("masquerade", owner, packet.Destination, packet.DestinationPort)));
        }

        return "drop NotExposed";
    }

    /// <summary>Whether a session whose first packet was this, and became that, may go on.</summary>
    public bool Keeps(NatPacket packet, string realmTo, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool fromPool)
    {
        string now = Decide(packet);
        if (!now.StartsWith("stateless ", StringComparison.Ordinal) && !now.StartsWith("session ", StringComparison.Ordinal)) return false;
        string[] words = now.Split(' ');
        if (words[1] != $"{realmTo}:" || words[^1] != Endpoint(destination, destinationPort)) return false;
        bool isPool = words[2].EndsWith('*');
        if (!isPool && !fromPool && words[2] == Endpoint(source, sourcePort)) return true;

        // Its public endpoint may be another choice of the same masquerade: the pool has the address, or a forward leads from the endpoint to the sender.
        foreach (Side side in SidesOf(packet.Realm))
        {
            if (realmTo != packet.Realm && side.There.Realm != realmTo) continue;
            NatExpose? masquerade = side.Here.Exposes.FirstOrDefault(expose => expose.Kind == "masquerade" && Lists(expose.Ips, packet.Source));
            if (masquerade is null || (!isPool && words[2] == Endpoint(packet.Source, packet.SourcePort))) continue;
            Seen? taken = SidesOf(side.There.Realm).Select(from => FixedAt(from.There, packet with { Destination = source, DestinationPort = sourcePort }, inward: true, only: "forward")).FirstOrDefault(static one => one is not null);
            if (taken is { } forward)
            {
                bool isOwn = forward.Address == packet.Source && forward.Port == packet.SourcePort && side.Here.Exposes.Contains(forward.Expose);
                if (isOwn) return true;
                continue;
            }

            if (fromPool && Lists(masquerade.As, source)) return true;
        }

        return false;
    }

    // To an address that the gateway owns in the sender's realm.
    private static string? ToPublic(NatPacket packet, Side[] sides)
    {
        foreach (Side side in sides)
            if (FixedAt(side.There, packet, inward: true) is { } target) return UnderList(side, packet, Pass(side, packet, side.There.Realm, target));
        if (sides.Any(side => side.There.Exposes.Any(e => e.Kind == "masquerade" && Lists(e.As, packet.Destination))))
            return packet.HasPorts ? $"ask {packet.Realm}" : "drop UnsupportedProtocol";
        return sides.Any(side => side.There.Exposes.Any(e => Lists(e.As, packet.Destination))) ? "drop NotExposed" : null;
    }

    // To an address that is public elsewhere, of a host of the sender's own realm.
    private static string? ToOwnPublic(NatPacket packet, Side[] sides)
    {
        // What names ports comes first, of several the longest prefix; then whoever is first in the documents.
        IEnumerable<Side> ported = sides.Where(side => FixedAt(side.Here, packet, inward: true) is { IsPorted: true }).OrderByDescending(side => FixedAt(side.Here, packet, inward: true)!.Value.Length);
        foreach (Side side in ported.Concat(sides))
        {
            if (FixedAt(side.Here, packet, inward: true) is { } target)
            {
                string turned = Pass(side, packet, packet.Realm, target);
                return turned.StartsWith("stateless", StringComparison.Ordinal) && turned.Contains($" {Endpoint(packet.Source, packet.SourcePort)} ", StringComparison.Ordinal)
                    ? "session" + turned["stateless".Length..]
                    : turned;
            }

            if (!side.Here.Exposes.Any(e => e.Kind == "masquerade" && Lists(e.As, packet.Destination))) continue;
            Seen sender = Sender(side, packet, out string? refused);
            if (refused is not null) return refused;
            if (!packet.HasPorts) return "drop UnsupportedProtocol";
            return $"ask {side.There.Realm}{(sender.Kind == "masquerade" ? $" as {Pool(sender.Expose!)}" : "")}";
        }

        return null;
    }

    // To what peers show as it is, or the realm has itself: the longest prefix, of equal ones the peer's.
    private string ToShown(NatPacket packet, Side[] sides)
    {
        int best = -1;
        Side? to = null;
        foreach (Side side in sides)
        {
            foreach (NatExpose expose in side.There.Exposes)
            {
                int length = expose.Kind switch
                {
                    "default" => FamiliesOf(side.Peering).Contains(packet.Destination.Family) && !IsSpecial(packet.Destination) ? 0 : -1,
                    "plain" => LengthOf(expose.Ips, packet, packet.Destination, packet.DestinationPort),
                    _ => -1,
                };
                if (length > best) (best, to) = (length, side);
            }
        }

        int own = documents.Own.Where(o => o.Realm == packet.Realm && o.Prefix.Contains(packet.Destination)).Select(static o => (int)o.Prefix.Length).DefaultIfEmpty(-1).Max();
        return to is { } found && own <= best
            ? UnderList(found, packet, Pass(found, packet, found.There.Realm, new Seen("plain", null, packet.Destination, packet.DestinationPort)))
            : $"route {packet.Realm}";
    }

    private static string Pass(Side side, NatPacket packet, string to, Seen target)
    {
        Seen sender = Sender(side, packet, out string? refused);
        if (refused is not null) return refused;
        if (sender.Kind == "masquerade" && !packet.HasPorts) return "drop UnsupportedProtocol";
        bool hides = sender.Kind is "masquerade" or "forward" || target.Kind is "masquerade" or "forward";
        string from = sender.Kind == "masquerade" ? $"{Pool(sender.Expose!)}:*" : Endpoint(sender.Address, sender.Port);
        return $"{(hides ? "session" : "stateless")} {to}: {from} > {Endpoint(target.Address, target.Port)}";
    }

    private static Seen Sender(Side side, NatPacket packet, out string? refused)
    {
        refused = null;
        NatExpose? masquerade = side.Here.Exposes.FirstOrDefault(expose => expose.Kind == "masquerade" && Lists(expose.Ips, packet.Source));
        if (FixedAt(side.Here, packet, inward: false) is { } known)
        {
            // A host that only has forwards begins nothing.
            if (known.Kind == "forward" && masquerade is null) refused = "drop NotExposed";
            return known;
        }

        if (masquerade is not null) return new Seen("masquerade", masquerade, packet.Source, packet.SourcePort);
        bool shown = side.Here.Exposes.Any(e => e.Kind == "plain" && LengthOf(e.Ips, packet, packet.Source, packet.SourcePort) >= 0)
            || (side.Here.Exposes.Any(static e => e.Kind == "default") && FamiliesOf(side.Peering).Contains(packet.Source.Family) && !IsSpecial(packet.Source));
        if (!shown) refused = "drop NotExposed";
        return new Seen("plain", null, packet.Source, packet.SourcePort);
    }

    // The counterpart of an endpoint that a forward or one-to-one NAT has: of its public one (inward) or of its private one.
    private static Seen? FixedAt(NatEnd end, NatPacket packet, bool inward, string? only = null)
    {
        (IpAddress address, ushort port) = inward ? (packet.Destination, packet.DestinationPort) : (packet.Source, packet.SourcePort);
        foreach (NatExpose expose in end.Exposes.Where(static e => e.Kind == "forward"))
        {
            IpPrefix from = (inward ? expose.As : expose.Ips)[0].Prefix, to = (inward ? expose.Ips : expose.As)[0].Prefix;
            foreach (NatForward forward in expose.Forwards)
            {
                (PortRange ports, PortRange others) = inward ? (forward.Public, forward.Private) : (forward.Private, forward.Public);
                if (!forward.Takes(packet.Protocol) || !from.Contains(address) || !ports.Contains(port)) continue;
                return new Seen("forward", expose, to.First with { Value = to.First.Value + (address.Value - from.First.Value) }, (ushort)(others.First + port - ports.First), IsPorted: true, from.Length);
            }
        }

        foreach (NatExpose expose in end.Exposes.Where(e => e.Kind == "static" && only is null))
        {
            if (!Lists(inward ? expose.As : expose.Ips, address)) continue;
            List<(IpAddress Address, int Port)> from = LaidOut(inward ? expose.As : expose.Ips), to = LaidOut(inward ? expose.Ips : expose.As);
            bool ported = from[0].Port >= 0;
            int place = ported && !packet.HasTransportPorts ? -1 : from.IndexOf((address, ported ? port : -1));
            if (place >= 0) return new Seen("static", expose, to[place].Address, ported ? (ushort)to[place].Port : port, ported, expose.As[0].Prefix.Length);
        }

        return null;
    }

    // Every address (with every port, where ports are named) of a list, in order; -1 stands for "whatever port".
    private static List<(IpAddress Address, int Port)> LaidOut(NatEntry[] list)
    {
        PortedRange[] gone = [.. list.Where(static entry => entry.Excludes).Select(static entry => new PortedRange(entry.Prefix))];
        PortedRange[] there = [.. list.Where(static entry => !entry.Excludes).Select(static entry => new PortedRange(new IpRange(entry.Prefix), entry.Ports))];
        var all = new List<(IpAddress, int)>();
        foreach (PortedPrefix piece in PrefixSet.From(there, gone).Items)
        {
            for (UInt128 step = 0; step <= piece.Prefix.Last.Value - piece.Prefix.First.Value; step++)
            {
                IpAddress address = piece.Prefix.First with { Value = piece.Prefix.First.Value + step };
                if (piece.Ports.IsAll) all.Add((address, -1));
                else for (int port = piece.Ports.First; port <= piece.Ports.Last; port++) all.Add((address, port));
            }
        }

        return all;
    }

    private static string UnderList(Side side, NatPacket packet, string decided)
    {
        if (side.Peering.Rules.Length == 0 || decided.StartsWith("drop", StringComparison.Ordinal)) return decided;
        NatRule? match = side.Peering.Rules.FirstOrDefault(rule => rule.From == packet.Realm
            && (rule.Protocol is null || rule.Protocol == packet.Protocol)
            && (rule.Source is null || rule.Source.Value.Contains(packet.Source))
            && (rule.Destination is null || rule.Destination.Value.Contains(packet.Destination))
            && (rule.Ports is null || rule.Ports.Value.Contains(packet.DestinationPort)));
        if (match is null ? side.Peering.DeniesByDefault : !match.Allows) return "drop AclDenied";
        return match is { Flow: true } && packet.HasPorts && decided.StartsWith("stateless", StringComparison.Ordinal) ? "session" + decided["stateless".Length..] : decided;
    }

    private IEnumerable<Side> SidesOf(string realm)
    {
        foreach (NatPeering peering in documents.Peerings)
        {
            if (peering.Left.Realm == realm) yield return new Side(peering, peering.Left, peering.Right);
            if (peering.Right.Realm == realm) yield return new Side(peering, peering.Right, peering.Left);
        }
    }

    private static IpFamily[] FamiliesOf(NatPeering peering) =>
        peering.Left.Exposes.Concat(peering.Right.Exposes).All(static e => e.Ips.Length == 0) ? [IpFamily.V4, IpFamily.V6] : [peering.Family];

    private static bool IsSpecial(IpAddress address) => SpecialUse.Any(prefix => prefix.Contains(address));

    private static bool Lists(NatEntry[] list, IpAddress address) =>
        list.Any(entry => !entry.Excludes && entry.Prefix.Contains(address)) && !list.Any(entry => entry.Excludes && entry.Prefix.Contains(address));

    private static int LengthOf(NatEntry[] list, NatPacket packet, IpAddress address, ushort port)
    {
        if (list.Any(entry => entry.Excludes && entry.Prefix.Contains(address))) return -1;
        return list.Where(entry => !entry.Excludes && entry.Prefix.Contains(address) && (entry.Ports.IsAll || (packet.HasTransportPorts && entry.Ports.Contains(port))))
            .Select(static entry => (int)entry.Prefix.Length).DefaultIfEmpty(-1).Max();
    }

    private static string Pool(NatExpose expose)
    {
        var ranges = new List<string>();
        var gone = new List<PortedRange>();
        gone.AddRange(expose.As.Where(static entry => entry.Excludes).Select(static entry => new PortedRange(entry.Prefix)));
        foreach (NatEntry entry in expose.As.Where(static entry => !entry.Excludes))
        {
            var range = new PortedRange(entry.Prefix);
            ranges.AddRange(PrefixSet.From([range], gone.ToArray()).ToRanges().Select(static one => one.ToString()));
            gone.Add(range);
        }

        return string.Join(',', ranges);
    }

    public static string Endpoint(IpAddress address, ushort port) => $"{address}|{port}";
}
