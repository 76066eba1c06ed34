using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Packets.Addresses;
using Sluice.Packets.Captures;

namespace Sluice.Gateway.Replay;

/// <summary>Links of a replay: memory in place of devices, and a capture of what each sends.</summary>
internal sealed class ReplayLinks(string directory) : LinkSource, IDisposable
{
    private const int DefaultMtu = 1500;

    private readonly Dictionary<string, PcapWriter> captures = new(StringComparer.Ordinal);

    /// <summary>The stamp of whatever leaves now.</summary>
    public long NowNanoseconds { get; set; }

    /// <inheritdoc/>
    public override bool AnswersForOwnAddresses => true;

    /// <summary>The link type of a driver's captures.</summary>
    public static int LinkTypeOf(LinkSpec spec) => spec.Driver == LinkDriver.Tun ? CaptureLinkType.RawIp : CaptureLinkType.Ethernet;

    /// <inheritdoc/>
    public override object IdentityOf(LinkSpec spec, int order) => (base.IdentityOf(spec, order), MacOf(spec, order));

    /// <inheritdoc/>
    public override Link Open(LinkSpec spec, int order)
    {
        bool ethernet = LinkTypeOf(spec) == CaptureLinkType.Ethernet;
        PcapWriter capture = CaptureOf(spec);
        return new MemoryLink(spec.Name, ethernet, ethernet ? MacOf(spec, order) : null, spec.Mtu ?? DefaultMtu)
        {
            Vlan = (ushort)(spec.Vlan ?? 0),
            KeepsSent = false,
            Sending = frame => capture.Write(NowNanoseconds, frame.Bytes),
        };
    }

    /// <summary>Begins a link's capture, which stays empty where nothing leaves. A link that comes back later goes on with its own.</summary>
    public PcapWriter CaptureOf(LinkSpec spec)
    {
        if (!captures.TryGetValue(spec.Name, out PcapWriter? capture))
            captures[spec.Name] = capture = PcapWriter.Create(Path.Combine(directory, $"{spec.Name}.pcap"), LinkTypeOf(spec));
        return capture;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PcapWriter capture in captures.Values) capture.Dispose();
    }

    private static MacAddress MacOf(LinkSpec spec, int order) => spec.Mac ?? new MacAddress(0x0200_0000_0000UL + (ulong)order + 1);
}
