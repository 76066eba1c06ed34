using System.Globalization;
using System.Net;
using System.Text;
using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Policy.Tests.Translations;

/// <summary>Configurations with translations, and what becomes of packets under them in words.</summary>
internal static class ServicePolicy
{
    /// <summary>A translation in realm a: "30.0.0.2 80 TCP vip" and backends such as "20.0.0.1:8080 weight=50 source=1.2.3.4".</summary>
    public static string Translation(string virtualEndpoint, string more, params string[] backends)
    {
        string[] words = virtualEndpoint.Split(' ');
        string listed = string.Join(", ", backends.Select(Backend));
        string told = more.Contains("sources", StringComparison.Ordinal) ? $"{virtualEndpoint} {more.Replace("sources", "of", StringComparison.Ordinal)}" : virtualEndpoint;
        string name = string.Concat(told.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-'));
        string port = words[1] == "*" ? "" : $"port: \"{words[1]}\", ";
        return $$"""
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: t-{{name.TrimEnd('-')}} }
            spec: { realm: a, address: "{{words[0]}}", {{port}}protocol: {{words[2]}}, mode: {{words[3]}}{{(more.Length > 0 ? ", " + more : "")}}, backends: [{{listed}}] }

            """;
    }

    public static TestPolicy Of(params string[] translations) => Of([], translations);

    public static TestPolicy Of(string[] peerings, string[] translations, RealmRegistry? realms = null, string gateway = "") =>
        TestPolicy.Of(peerings, gateway, string.Concat(translations), realms);

    /// <summary>"answer a", "drop NoBackend", "route a", or as <see cref="TestPolicy.Translate"/>, with " by ADDRESS" where the packet goes to a backend as it is.</summary>
    public static string Serve(this TestPolicy policy, string source, string destination, string protocol = "tcp", string realm = "a")
    {
        Decision decision = policy.Policy.Decide(policy.Packet(realm, source, destination, protocol));
        string by = decision.Kind == DecisionKind.Session && decision.IsRoutedBy ? $" by {decision.RouteBy}" : "";
        return policy.Translate(realm, source, destination, protocol) + by;
    }

    /// <summary>How many of so many flows, of one client's ports, each destination gets.</summary>
    public static Dictionary<string, int> Spread(this TestPolicy policy, string destination, int flows, string protocol = "tcp")
    {
        Dictionary<string, int> got = [];
        for (int i = 0; i < flows; i++)
        {
            string source = string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250 % 250}.{i % 250}:{1024 + i / 7}");
            Decision decision = policy.Policy.Decide(policy.Packet("a", source, destination, protocol));
            string to = decision.Kind == DecisionKind.Drop ? decision.Reason.ToString() : new IPEndPoint(decision.Destination.ToIPAddress(), decision.DestinationPort).ToString();
            got[to] = got.GetValueOrDefault(to) + 1;
        }

        return got;
    }

    public static VirtualService Service(this TestPolicy policy, int index = 0) => policy.Policy.Services[index];

    /// <summary>Says whether the backends at an address can be reached.</summary>
    public static void SetUp(this TestPolicy policy, string address, bool isUp)
    {
        foreach (VirtualService service in policy.Policy.Services)
            for (int i = 0; i < service.Backends.Length; i++)
                if (service.Backends[i].Address == IpAddress.Parse(address)) policy.Policy.SetUp(service.FirstBackend + i, isUp);
    }

    /// <summary>A session of realm a to a virtual endpoint, at a backend and seen as a source.</summary>
    public static LiveSession Session(this TestPolicy policy, string client, string virtualEndpoint, string backend, string? seenAs = null, string protocol = "tcp")
    {
        FirstPacket first = policy.Packet("a", client, virtualEndpoint, protocol);
        FirstPacket answer = policy.Packet("a", backend, seenAs ?? client, protocol);
        return new LiveSession(PartsOf(first), PartsOf(answer), HasPublicSource: false, ThroughMapping: false);
    }

    private static FlowParts PartsOf(in FirstPacket packet) =>
        new(packet.Realm, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);

    private static string Backend(string text)
    {
        string[] words = text.Split(' ');
        var fields = new StringBuilder();
        IPEndPoint endpoint = IPEndPoint.Parse(words[0].Split('-')[0]);
        fields.Append(CultureInfo.InvariantCulture, $"address: \"{endpoint.Address}\"");
        string last = words[0].Contains('-', StringComparison.Ordinal) ? "-" + words[0].Split('-')[1] : "";
        if (endpoint.Port != 0) fields.Append(CultureInfo.InvariantCulture, $", port: \"{endpoint.Port}{last}\"");
        foreach (string word in words[1..])
        {
            string[] pair = word.Split('=');
            if (pair[0] == "source")
            {
                IPEndPoint source = IPEndPoint.Parse(pair[1]);
                fields.Append(CultureInfo.InvariantCulture, $", source: {{ address: \"{source.Address}\"{(source.Port != 0 ? $", port: {source.Port}" : "")} }}");
            }
            else
            {
                fields.Append(CultureInfo.InvariantCulture, $", {pair[0]}: {pair[1]}");
            }
        }

        Assert.NotEmpty(words);
        return $"{{ {fields} }}";
    }
}
