namespace Sluice.Policy.Balancing;

/// <summary>What a choice knows of a backend.</summary>
/// <param name="Identity">A number that follows from what the backend is, not from where it is listed; equal backends have equal numbers.</param>
/// <param name="Weight">Its share of new sessions; 0 while it drains: then it is chosen only if nobody else can be.</param>
/// <param name="IsUp">Whether it can be chosen at all.</param>
public readonly record struct BackendShare(ulong Identity, int Weight, bool IsUp = true);
