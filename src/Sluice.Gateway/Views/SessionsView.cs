using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>Live sessions: what <c>sluice show sessions</c> prints.</summary>
/// <param name="Total">How many live, shown or not.</param>
/// <param name="Sessions">Those that the filter admits, at most as many as were asked for.</param>
public sealed record SessionsView(long Total, IReadOnlyList<SessionView> Sessions);

/// <summary>One session.</summary>
/// <param name="Id">Its number: the same in both directions and in replay's verdicts.</param>
/// <param name="Protocol">tcp, udp, icmp, icmpv6, or a number.</param>
/// <param name="State">Of TCP: halfOpen, established, closing; of others: open.</param>
/// <param name="From">The realm of the side that began it.</param>
/// <param name="To">The realm that it goes to.</param>
/// <param name="Source">The inside endpoint that began it.</param>
/// <param name="Destination">The endpoint that it was sent to.</param>
/// <param name="TranslatedSource">The source as the other side sees it.</param>
/// <param name="TranslatedDestination">The destination as the other side sees it.</param>
/// <param name="Original">Traffic from the side that began it.</param>
/// <param name="Reply">Traffic back to it.</param>
/// <param name="IdleSeconds">Since the last packet that prolonged it.</param>
/// <param name="ExpiresInSeconds">Until it ends if nothing more comes.</param>
/// <param name="AgeSeconds">Since it began.</param>
/// <param name="Rule">The rule that it lives by; empty for a moment after a reload.</param>
/// <param name="Translation">The virtual IP that it goes to; null: to none.</param>
/// <param name="Backend">The backend that it has of that.</param>
/// <param name="SourcePolicy">The source-NAT policy that it leaves by; null: by none.</param>
public sealed record SessionView(
    ulong Id,
    string Protocol,
    string State,
    string From,
    string To,
    string Source,
    string Destination,
    string TranslatedSource,
    string TranslatedDestination,
    TrafficView Original,
    TrafficView Reply,
    double IdleSeconds,
    double ExpiresInSeconds,
    double AgeSeconds,
    string Rule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Translation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Backend = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourcePolicy = null);

/// <summary>Traffic of one direction.</summary>
public sealed record TrafficView(ulong Packets, ulong Bytes);
