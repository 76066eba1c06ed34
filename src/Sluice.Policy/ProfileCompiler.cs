using Sluice.Config.Documents;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Turns what documents ask for into what sessions are made with.</summary>
internal static class ProfileCompiler
{
    internal static SessionProfile Compile(NatProfileDocument document) => new()
    {
        Name = document.Name,
        Mapping = document.Mapping == MappingBehaviour.AddressAndPortDependent ? MappingMode.AddressAndPortDependent : MappingMode.EndpointIndependent,
        Filtering = document.Filtering switch
        {
            FilteringBehaviour.EndpointIndependent => FilteringMode.EndpointIndependent,
            FilteringBehaviour.AddressAndPortDependent => FilteringMode.AddressAndPortDependent,
            _ => FilteringMode.AddressDependent,
        },
        Ports = document.Ports,
        PreservePort = document.PreservePort,
        HoldMilliseconds = Milliseconds(document.HoldTime),
        PairedStrict = document.Paired == PairingBehaviour.Strict,
        InboundRefresh = document.InboundRefresh switch
        {
            InboundRefreshBehaviour.On => InboundRefresh.On,
            InboundRefreshBehaviour.Off => InboundRefresh.Off,
            _ => InboundRefresh.Auto,
        },
        RstCheck = document.RstCheck == ResetCheck.None ? RstCheck.None : RstCheck.Window,
        PortsPerHost = document.Quotas.PortsPerHost,
        SessionsPerHost = document.Quotas.SessionsPerHost,
        NewSessionsPerSecondPerHost = document.Quotas.NewSessionsPerSecondPerHost,
    };

    internal static TimerSet Compile(TimerSpec timers)
    {
        TimerSet otherwise = TimerSet.Default;
        return new TimerSet(
            Of(timers.TcpEstablished, otherwise.TcpEstablished),
            Of(timers.TcpHalfOpen, otherwise.TcpHalfOpen),
            Of(timers.TcpClosing, otherwise.TcpClosing),
            Of(timers.Udp, otherwise.Udp),
            Of(timers.Icmp, otherwise.Icmp));
    }

    /// <summary>Whether packets from outside prolong a session: auto is off with endpoint-independent filtering (RFC 7857 section 7, RFC 4787 REQ-6).</summary>
    internal static bool OutsideRefreshes(SessionProfile profile) => profile.InboundRefresh switch
    {
        InboundRefresh.On => true,
        InboundRefresh.Off => false,
        _ => profile.Filtering != FilteringMode.EndpointIndependent,
    };

    /// <summary>The same for a session that came in by a forward, which is open to everybody: there is no filter to keep open, so only a plain "off" says no.</summary>
    internal static bool OutsideRefreshesForwards(NatProfileDocument document) => document.InboundRefresh != InboundRefreshBehaviour.Off;

    private static uint Of(TimeSpan? time, uint otherwise) => time is { } given ? Milliseconds(given) : otherwise;

    // The clock wraps at 2^32 milliseconds and times are compared by subtraction: half of that, 24 days, is the longest that can be told from the past.
    private static uint Milliseconds(TimeSpan time) => (uint)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue);
}
