using Sluice.Config.Documents;

namespace Sluice.Config.Validation;

/// <summary>Judges the two ends of a peering against each other.</summary>
internal static class PeeringRules
{
    public static void Judge(PeeringDocument document, List<Expose> left, List<Expose> right, Problems problems)
    {
        Expose? a = left.Find(expose => expose.IsDefault), b = right.Find(expose => expose.IsDefault);
        if (a is not null && b is not null)
        {
            problems.Error(b.Place, document.PathOf(document.Ends[1], b.Spec), ConfigRule.Forbidden,
                "A default expose cannot be peered with another default expose", a.Place);
        }

        Expose? c = left.Find(expose => !expose.IsDefault), d = right.Find(expose => !expose.IsDefault);
        if (c is not null && d is not null && EndRules.FamilyOf(c) != EndRules.FamilyOf(d))
        {
            problems.Error(d.Place, document.PathOf(document.Ends[1], d.Spec), ConfigRule.Forbidden,
                $"the two ends are not of one IP version: {c.Private.Items[0]} and {d.Private.Items[0]}", c.Place);
        }
    }
}
