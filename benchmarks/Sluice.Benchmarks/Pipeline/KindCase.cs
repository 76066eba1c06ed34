using System.Buffers.Binary;
using Sluice.Benchmarks.Core;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>One kind of NAT between the links "inside" and "outside".</summary>
/// <param name="Name">Its name in rows.</param>
/// <param name="Asker">The link by which sessions begin.</param>
/// <param name="Inside">What the inside exposes.</param>
/// <param name="Outside">What the outside exposes.</param>
/// <param name="Acl">The peering's access list.</param>
internal sealed record KindCase(string Name, string Asker, string Inside, string Outside, string Acl = "")
{
    private const string Plain = "{ ips: [{ cidr: 10.0.0.0/16 }] }";
    private const string Masquerade = "{ ips: [{ cidr: 10.0.0.0/16 }], as: [{ cidr: 203.0.113.0/28 }], nat: { masquerade: {} } }";
    private const string Forward = "{ ips: [{ cidr: 10.0.0.0/16 }], as: [{ cidr: 100.66.0.0/16 }], nat: { portForward: { ports: [{ proto: tcp, port: \"443\", as: \"443\" }, { proto: udp, port: \"53\", as: \"53\" }] } } }";
    private const string Remote = "{ ips: [{ cidr: 93.184.0.0/16 }] }";
    private const string HiddenRemote = "{ ips: [{ cidr: 93.184.0.0/16 }], as: [{ cidr: 198.51.100.0/28 }], nat: { masquerade: {} } }";

    /// <summary>The kinds; the first is what the others are compared with.</summary>
    public static readonly KindCase[] All =
    [
        new("masquerade", "inside", Masquerade, Remote),
        new("plain", "inside", Plain, Remote),
        new("static", "inside", "{ ips: [{ cidr: 10.0.0.0/16 }], as: [{ cidr: 100.66.0.0/16 }], nat: { static: {} } }", Remote),
        new("forward", "outside", Forward, Remote),
        new("both", "outside", $"{Masquerade}, {Forward}", HiddenRemote),
        new("acl", "inside", Masquerade, Remote,
            "acl: { default: deny, rules: [{ name: web, from: inside, action: allow, match: { proto: tcp, dst: [{ ports: [\"443\"] }] } }, { name: names, from: inside, action: allow, match: { proto: udp } }] }"),
    ];

    public string Documents => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: bench }
        spec:
          links:
            - { name: inside, driver: memory, realm: inside, addresses: [172.16.0.1/24], routes: [{ to: 10.0.0.0/8, via: 172.16.0.2 }] }
            - { name: outside, driver: memory, realm: outside, addresses: [198.18.0.1/24], routes: [{ to: 93.184.0.0/16, via: 198.18.0.2 }] }
          realms: [{ name: inside }, { name: outside }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: one }
        spec:
          peering:
            inside: { expose: [{{Inside}}] }
            outside: { expose: [{{Outside}}] }
          {{Acl}}
        """;

    /// <summary>The first packet of a session, ports and addresses as they are sent.</summary>
    public FlowKey4 KeyOf(uint session)
    {
        FlowKey4 key = CoreFlows.Key4(session, reply: false);
        if (Asker == "inside") return key;

        // From the remote end to the public address of the inside one.
        uint inside = BinaryPrimitives.ReverseEndianness((uint)key.Addresses), remote = (uint)(key.Addresses >> 32);
        uint shown = BinaryPrimitives.ReverseEndianness((inside & 0xFFFF) | 0x6442_0000);
        return new FlowKey4 { Addresses = remote | ((ulong)shown << 32), Rest = key.Rest };
    }
}
